import { once } from "node:events";
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { answering } from "../answering.ts";
import { type AwsAnswer, Cut, type Layer } from "./aws-answer.ts";
import { type AwsCall, awsCall } from "./aws-call.ts";

/** A call that came in. */
export interface LoggedCall {
  readonly service: string;
  readonly action: string;
  readonly subject: string;
  readonly input: AwsCall["input"];
  /** Of the answer; 0 where none was given. */
  readonly status: number;
}

/**
 * Stands in front of an AWS and passes everything on as it is, the host too, so that URLs of queues name this place;
 * layers change what they are for. The last one that was added meets a call first.
 */
export class AwsProxy {
  readonly calls: LoggedCall[] = [];
  readonly #behind: URL;
  readonly #layers: Layer[] = [];
  // Of itself Node closes a connection that was idle for 5 s, whatever is on its way.
  readonly #server = createServer(
    { keepAliveTimeout: 0 },
    answering((request, response) => this.#answer(request, response)),
  );

  private constructor(behind: string) {
    this.#behind = new URL(behind);
  }

  static async listen(behind: string): Promise<AwsProxy> {
    const proxy = new AwsProxy(behind);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** For the clients' `endpoint` or AWS_ENDPOINT_URL, without a slash at the end. */
  get endpoint(): string {
    const { port } = this.#server.address() as AddressInfo; // it listens on a port
    return `http://127.0.0.1:${port}`;
  }

  /** Puts a layer in front of all; answers what takes it away. */
  use(layer: Layer): () => void {
    this.#layers.unshift(layer);
    return () => {
      const index = this.#layers.indexOf(layer);
      if (index >= 0) this.#layers.splice(index, 1);
    };
  }

  /** How often each action was called: { "sqs:CreateQueue": 2 }. */
  counts(calls: readonly LoggedCall[] = this.calls): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { service, action } of calls) {
      const name = `${service}:${action}`;
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.on("close", () => left.abort());
    const { method = "GET", url: path = "/", headers } = request;
    const call = awsCall({ method, path, headers, body: await buffer(request) });
    const { service, action, subject, input } = call;
    const logged = { service, action, subject, input, status: 0 };
    this.calls.push(logged);
    try {
      const answer = await this.#through([...this.#layers], call, left.signal);
      logged.status = answer.status;
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } catch (error) {
      // Nothing more is said on this connection. All else is a mistake of a layer.
      if (!(error instanceof Cut)) throw error;
      response.destroy();
    }
  }

  #through(layers: readonly Layer[], call: AwsCall, signal: AbortSignal): Promise<AwsAnswer> {
    const [first, ...rest] = layers;
    if (first === undefined) return this.#passOn(call, signal);
    return first(call, (passed) => this.#through(rest, passed, signal));
  }

  /** Where the connection behind ends without an answer the caller's does: moto's do, where it is busy. */
  async #passOn(call: AwsCall, signal: AbortSignal): Promise<AwsAnswer> {
    try {
      return await this.#forward(call, signal);
    } catch (cause) {
      throw new Cut("no answer came from behind", { cause });
    }
  }

  async #forward(call: AwsCall, signal: AbortSignal): Promise<AwsAnswer> {
    const { method, path, body } = call;
    const { "transfer-encoding": _encoding, ...given } = call.headers;
    const headers = { ...given, "content-length": String(body.length), connection: "close" };
    const { hostname, port } = this.#behind;
    const sent = httpRequest({ hostname, port, method, path, headers, agent: false, signal });
    sent.end(body);
    const [answer]: IncomingMessage[] = await once(sent, "response");
    if (answer === undefined) throw new Error("a response without one");
    const { "transfer-encoding": _answered, connection: _close, ...answered } = answer.headers;
    return { status: answer.statusCode ?? 0, headers: answered, body: await buffer(answer) };
  }
}
