import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { answering } from "../../../../test/peers/support/answering.ts";

/** An entry of a batch as SQS gets it. */
export interface WireEntry {
  readonly Id: string;
  readonly MessageBody?: string;
  readonly MessageAttributes?: Readonly<
    Record<string, { readonly DataType: string; readonly StringValue: string }>
  >;
  readonly DelaySeconds?: number;
  readonly MessageGroupId?: string;
  readonly MessageDeduplicationId?: string;
  readonly ReceiptHandle?: string;
  readonly VisibilityTimeout?: number;
}

/** A request as SQS gets it. */
export interface WireCall {
  readonly action: string;
  readonly input: {
    readonly QueueUrl?: string;
    readonly WaitTimeSeconds?: number;
    readonly [name: string]: unknown;
  };
  /** Of a batch. */
  readonly entries: readonly WireEntry[];
}

/** What is answered: an object as JSON, an error, bytes as they are, or nothing at all. */
export type WireAnswer =
  | { readonly answer: object }
  | { readonly error: string; readonly message?: string; readonly status?: number }
  | { readonly raw: string; readonly status?: number }
  | "silence"
  | "hang up";

/**
 * The wire of SQS (JSON 1.0 of AWS) with answers of a test's choosing.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-making-api-requests-json.html
 */
export class SqsWire {
  readonly calls: WireCall[] = [];
  readonly #server: Server;
  #brokenOff = 0;
  readonly #waiting: { count: number; resolve: () => void }[] = [];
  reply: (call: WireCall) => WireAnswer | Promise<WireAnswer> = () => ({ answer: {} });

  private constructor() {
    // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
    this.#server = createServer(
      { keepAliveTimeout: 0 },
      answering((request, response) => this.#answer(request, response)),
    );
  }

  static async listen(): Promise<SqsWire> {
    const wire = new SqsWire();
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  get origin(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on a port, as just asked
    return `http://127.0.0.1:${port}`;
  }

  /** The calls of one action. */
  of(action: string): WireCall[] {
    return this.calls.filter((call) => call.action === action);
  }

  /** Resolves when so many calls, at least, were ended by the one who called. */
  async brokenOff(count: number): Promise<void> {
    while (this.#brokenOff < count) await new Promise(setImmediate);
  }

  /** Resolves when so many calls have come in all. */
  arrived(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push({ count, resolve });
      this.#tell();
    });
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const action = String(request.headers["x-amz-target"]).replace("AmazonSQS.", "");
    const input = JSON.parse(await text(request));
    const call = { action, input, entries: input.Entries ?? [] };
    this.calls.push(call);
    this.#tell();
    response.once("close", () => {
      if (!response.writableFinished) this.#brokenOff++;
    });
    const reply = await this.reply(call);
    if (reply === "silence") return;
    if (reply === "hang up") {
      request.socket.destroy();
      return;
    }
    const type = { "content-type": "application/x-amz-json-1.0" };
    if ("raw" in reply) response.writeHead(reply.status ?? 200, type).end(reply.raw);
    else if ("answer" in reply) response.writeHead(200, type).end(JSON.stringify(reply.answer));
    else {
      const { error, message = "because of the test", status = 400 } = reply;
      const body = { __type: `com.amazonaws.sqs#${error}`, message };
      response.writeHead(status, type).end(JSON.stringify(body));
    }
  }

  #tell(): void {
    for (const { count, resolve } of this.#waiting) if (this.calls.length >= count) resolve();
  }
}
