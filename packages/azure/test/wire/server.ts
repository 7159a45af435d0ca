import type { Server, Socket } from "node:net";
import { type Clock, systemClock } from "@alienplatform/bindings";
import rhea, { type EventContext } from "rhea";
import { Answers } from "./answers.ts";
import { AmqpFailure, entityOf } from "./encoding.ts";
import { DEAD_LETTERS, WireLinks } from "./links.ts";
import { outcomes } from "./outcomes.ts";
import { isService, serve } from "./services.ts";
import { WireQueue, type WireQueueOptions } from "./wire-queue.ts";

const standard: WireQueueOptions = {
  lockMs: 60_000,
  sessions: false,
  maxDeliveryCount: 10,
  ttlMs: Number.POSITIVE_INFINITY,
  maxBytes: 256 * 1024,
  duplicatesMs: 0,
};

/** A namespace of queues over AMQP 1.0, as much of Service Bus as its clients need to work with queues. */
export class WireServer {
  readonly clock: Clock;
  /** What had to be allowed for all that was asked: "send tasks". */
  readonly needed = new Set<string>();
  readonly #queues = new Map<string, WireQueue>();
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;

  constructor(clock: Clock = systemClock) {
    this.clock = clock;
  }

  get port(): number {
    const address = this.#server?.address();
    if (typeof address === "object" && address !== null) return address.port;
    throw new Error("the server does not listen");
  }

  /** What a client connects with: plain TCP, and this port. */
  get connectionString(): string {
    return `Endpoint=sb://127.0.0.1:${this.port};SharedAccessKeyName=any;SharedAccessKey=any;UseDevelopmentEmulator=true`;
  }

  /** Bytes that have crossed its sockets so far, in both directions. */
  get traffic(): number {
    let bytes = 0;
    for (const socket of this.#sockets) bytes += socket.bytesRead + socket.bytesWritten;
    return bytes;
  }

  get listens(): boolean {
    return this.#server?.listening === true;
  }

  /** Its end of the connection that comes from this port. */
  socketFrom(port: number | undefined): Socket | undefined {
    for (const socket of this.#sockets) if (socket.remotePort === port) return socket;
    return undefined;
  }

  #needs(right: "send" | "receive", address: unknown): void {
    const entity = entityOf(String(address ?? ""));
    if (!isService(entity)) this.needed.add(`${right} ${entity}`);
  }

  createQueue(path: string, options: Partial<WireQueueOptions> = {}): WireQueue {
    const all = { ...standard, ...options };
    const deadTo = () => this.queue(all.forwardDeadTo ?? path + DEAD_LETTERS);
    const queue = new WireQueue(path, all, this.clock, deadTo);
    this.#queues.set(path.toLowerCase(), queue);
    if (path.toLowerCase().endsWith(DEAD_LETTERS)) return queue;
    const { lockMs, maxBytes } = all;
    const maxDeliveryCount = Number.POSITIVE_INFINITY;
    this.createQueue(path + DEAD_LETTERS, { lockMs, maxBytes, maxDeliveryCount });
    return queue;
  }

  removeQueue(path: string): void {
    this.#queues.delete(path.toLowerCase());
  }

  queue(path: string): WireQueue {
    const queue = this.#queues.get(path.toLowerCase());
    if (queue !== undefined) return queue;
    throw new AmqpFailure("amqp:not-found", `The messaging entity '${path}' could not be found.`);
  }

  listen(): Promise<void> {
    const container = rhea.create_container({ id: "service-bus" });
    container.sasl_server_mechanisms.enable_anonymous();
    // What Microsoft's C and Python clients ask for; the token follows over $cbs.
    Object.assign(container.sasl_server_mechanisms, { MSSBCBS: () => new Welcome() });
    const queueOf = (path: string) => this.queue(path);
    const answers = new Answers();
    const links = new WireLinks(queueOf, answers);
    container.on("sender_open", ({ sender }: EventContext) => {
      if (sender === undefined) return;
      this.#needs("receive", sender.source?.address);
      links.receives(sender);
    });
    container.on("receiver_open", ({ receiver }: EventContext) => {
      if (receiver === undefined) return;
      this.#needs("send", receiver.target?.address);
      links.sends(receiver);
    });
    container.on("message", (context: EventContext) => {
      const { operation } = context.message?.application_properties ?? {};
      if (operation !== undefined) {
        this.#needs(rightTo(String(operation)), managed(context.receiver?.target?.address));
      }
      if (!serve(context, queueOf, answers)) links.take(context);
    });
    for (const event of ["sender_draining", "sendable", "sender_flow"]) {
      container.on(event, ({ sender }: EventContext) => sender && links.pump(sender));
    }
    for (const outcome of outcomes) {
      container.on(outcome, (context: EventContext) => links.settle(context, outcome));
    }
    container.on("sender_close", ({ sender }: EventContext) => sender && links.leave(sender));
    container.on("disconnected", ({ connection }: EventContext) => links.leaveAll(connection));
    for (const event of [
      "connection_error",
      "session_error",
      "sender_error",
      "receiver_error",
      "protocol_error",
      "error",
    ]) {
      container.on(event, () => undefined); // the client has its own account of it
    }
    const server = container.listen({
      port: 0,
      host: "127.0.0.1",
      sender_options: { autosettle: false, treat_modified_as_released: false },
      receiver_options: { autoaccept: false, credit_window: 500 },
      max_frame_size: 65_536,
      channel_max: 4_999,
      tcp_no_delay: true,
    } as Parameters<typeof container.listen>[0]); // rhea takes the options of connections here too
    this.#server = server;
    server.on("connection", (socket) => this.#sockets.add(socket));
    return new Promise((resolve) => server.on("listening", resolve));
  }

  /** Cuts every connection, as a network does. */
  disconnect(): void {
    // rhea does not see the end of a socket without a reason, and would go on.
    for (const socket of this.#sockets) socket.destroy(new Error("cut"));
    this.#sockets.clear();
  }

  close(): Promise<void> {
    this.disconnect();
    return new Promise((resolve) => {
      if (this.#server === undefined) resolve();
      else this.#server.close(() => resolve());
    });
  }
}

/** https://learn.microsoft.com/azure/service-bus-messaging/service-bus-sas#rights-required-for-service-bus-operations */
function rightTo(operation: string): "send" | "receive" {
  return /schedule/.test(operation) ? "send" : "receive";
}

/** The queue that a request is about. */
function managed(address: unknown): string {
  return String(address ?? "").replace(/\/\$management$/, "");
}

class Welcome {
  outcome: boolean | undefined;

  start(): void {
    this.outcome = true;
  }
}
