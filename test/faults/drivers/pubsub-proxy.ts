import protos from "@google-cloud/pubsub/build/protos/protos.json" with { type: "json" };
import {
  Client,
  credentials,
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type ServiceError,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import type { Chance } from "../../simulation/chance.ts";
import { shuffled } from "./chance.ts";
import type { Fault, FaultPlan, Operation } from "./fault-plan.ts";
import { TcpRelay } from "./tcp-relay.ts";
import { idsIn, type Witness } from "./witness.ts";

const operations: Readonly<Record<string, Operation>> = {
  Publish: "send",
  Pull: "receive",
  Acknowledge: "settle",
  ModifyAckDeadline: "settle",
};

interface Pull {
  readonly maxMessages?: number;
}

interface Pulled {
  readonly receivedMessages?: readonly object[];
}

/** How long an answer may be on its way, on a machine that is busy. */
const READ_MS = 1_000;

/** As bytes: what a call carries is looked at, and not changed. */
const raw = (bytes: Buffer): Buffer => bytes;

/** Stands between a driver and a Pub/Sub, and does to calls and answers what the plan says. */
export class PubSubProxy {
  readonly #service: Client;
  readonly #plan: FaultPlan;
  readonly #witness: Witness;
  readonly #server = new Server({ "grpc.max_receive_message_length": -1 });
  readonly #relay = new TcpRelay(() => this.#port);
  #port = 0;
  /** Given before, to be given once more. */
  readonly #before: object[] = [];
  readonly #pulls;
  readonly #underWay = new Set<UnderWay>();

  /** Of a service at "host:port", without TLS. */
  constructor(target: string, plan: FaultPlan, witness: Witness) {
    this.#service = new Client(target, credentials.createInsecure(), {
      "grpc.max_receive_message_length": -1,
    });
    this.#plan = plan;
    this.#witness = witness;
    const definition = fromJSON(protos, { longs: String, enums: Number });
    for (const name of ["google.pubsub.v1.Publisher", "google.pubsub.v1.Subscriber"]) {
      // What fromJSON makes of a service; its type also covers messages and enums.
      const methods = Object.entries(definition[name] as ServiceDefinition).filter(
        ([, { requestStream, responseStream }]) => !requestStream && !responseStream,
      );
      const passing = methods.map(([method, known]) => [
        method,
        {
          ...known,
          requestSerialize: raw,
          requestDeserialize: raw,
          responseSerialize: raw,
          responseDeserialize: raw,
        },
      ]);
      const handlers = methods.map(([method, { path }]) => [method, this.#handler(method, path)]);
      this.#server.addService(Object.fromEntries(passing), Object.fromEntries(handlers));
    }
    this.#pulls = (definition["google.pubsub.v1.Subscriber"] as ServiceDefinition).Pull;
  }

  /** Resolves with the URL in place of the service's. */
  async listen(): Promise<string> {
    this.#port = await new Promise<number>((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
    return `http://127.0.0.1:${await this.#relay.listen()}`;
  }

  async close(): Promise<void> {
    await this.#relay.close();
    this.#server.forceShutdown();
    this.#service.close();
  }

  #handler(method: string, path: string): handleUnaryCall<Buffer, Buffer> {
    const operation = operations[method];
    return (call, answer) => {
      if (operation === undefined) this.#forward(path, call, answer, undefined);
      else this.#harm(operation, path, call, answer);
    };
  }

  #harm(
    operation: Operation,
    path: string,
    call: ServerUnaryCall<Buffer, Buffer>,
    answer: sendUnaryData<Buffer>,
  ): void {
    const { fault, chance } = this.#plan.next(operation);
    const over = fault === undefined ? () => undefined : this.#witness.meets(operation, fault);
    const underWay = { operation, request: call.request, over };
    this.#underWay.add(underWay);
    const reply: sendUnaryData<Buffer> = (error, value) => {
      over();
      // It came over a connection that was cut before it was read.
      if (!this.#relay.isOpen(call.getPeer())) this.#doubted(operation, call.request);
      answer(error, value);
      // Until the other side has surely read it.
      setTimeout(() => this.#underWay.delete(underWay), READ_MS);
    };
    this.#meet(fault, chance, { operation, path, call, reply });
  }

  /** Cuts all that is under way, and not only the call that meets the fault. */
  #cut(): void {
    for (const operation of new Set(Object.values(operations))) {
      this.#witness.meets(operation, "cut after")();
    }
    for (const { operation, request, over } of this.#underWay) {
      over();
      this.#doubted(operation, request);
    }
    this.#underWay.clear();
    this.#relay.cut();
  }

  #meet(fault: Fault | undefined, chance: Chance, { operation, path, call, reply }: Meeting): void {
    const forward = (then: sendUnaryData<Buffer>) => this.#forward(path, call, then, operation);
    switch (fault) {
      case "throttle":
        reply(failure(status.RESOURCE_EXHAUSTED));
        break;
      case "unavailable":
        reply(failure(chance.pick([status.UNAVAILABLE, status.INTERNAL])));
        break;
      case "cut before":
        this.#cut();
        break;
      case "cut after":
        forward(() => this.#cut());
        break;
      case "unavailable after":
        this.#doubted(operation, call.request);
        forward(() => reply(failure(status.UNAVAILABLE)));
        break;
      case "slow":
        forward((error, value) => setTimeout(() => reply(error, value), chance.int(50, 800)));
        break;
      case "again":
        forward((error, value) => reply(error, value && this.#again(call.request, value, chance)));
        break;
      default:
        forward(reply);
    }
  }

  #forward(
    path: string,
    call: ServerUnaryCall<Buffer, Buffer>,
    answer: sendUnaryData<Buffer>,
    operation: Operation | undefined,
  ): void {
    const { request, metadata } = call;
    const options = { deadline: call.getDeadline() };
    const passed: sendUnaryData<Buffer> = (error, value) => {
      if (operation === "receive" && value) this.#witness.given(idsIn(value));
      answer(error, value);
    };
    const forwarded = this.#service.makeUnaryRequest(
      path,
      raw,
      raw,
      request,
      metadata,
      options,
      (error, value) => passed(error, value),
    );
    call.once("cancelled", () => {
      if (operation === "receive") this.#witness.givenUp();
      forwarded.cancel();
    });
  }

  /** What was carried out without a good answer may be asked for again. */
  #doubted(operation: Operation, request: Buffer): void {
    if (operation === "send") this.#witness.twice(idsIn(request));
  }

  /** In another order, and with messages of earlier answers. */
  #again(request: Buffer, value: Buffer, chance: Chance): Buffer {
    // A pull's own request and answer.
    const { maxMessages = 0 } = (this.#pulls?.requestDeserialize(request) ?? {}) as Pull;
    const { receivedMessages = [] } = (this.#pulls?.responseDeserialize(value) ?? {}) as Pulled;
    const more = this.#before.splice(0, Math.max(0, maxMessages - receivedMessages.length));
    this.#before.push(...receivedMessages.filter(() => chance.is(0.3)));
    const serialize = (messages: readonly object[]) =>
      this.#pulls?.responseSerialize({ receivedMessages: messages }) ?? value;
    const ids = idsIn(serialize(more));
    this.#witness.given(ids);
    this.#witness.twice(ids);
    return serialize(shuffled([...receivedMessages, ...more], chance));
  }
}

interface UnderWay {
  readonly operation: Operation;
  readonly request: Buffer;
  over(): void;
}

interface Meeting {
  readonly operation: Operation;
  readonly path: string;
  readonly call: ServerUnaryCall<Buffer, Buffer>;
  readonly reply: sendUnaryData<Buffer>;
}

function failure(code: number): ServiceError {
  const details = "as the campaign wants it";
  return Object.assign(new Error(details), { code, details, metadata: new Metadata() });
}
