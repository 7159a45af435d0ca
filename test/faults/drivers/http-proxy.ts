import { once } from "node:events";
import {
  Agent,
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from "node:http";
import { buffer } from "node:stream/consumers";
import type { Chance } from "../../simulation/chance.ts";
import type { Fault, FaultPlan, Operation } from "./fault-plan.ts";
import { idsIn, type Witness } from "./witness.ts";

/** One request or answer, whole. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request of which some entries are refused, and its answer put right afterwards. */
export interface Altered {
  /** What is carried out; undefined where that is nothing. */
  readonly body: Buffer | undefined;
  /** The ids of messages that are carried out and refused all the same. */
  readonly doubted: readonly string[];
  answer(answer: Answer | undefined): Answer;
}

/** What a proxy has to know of a service's protocol over HTTP. */
export interface HttpProtocol {
  operationOf(request: Exchange): Operation;
  refusal(fault: "throttle" | "unavailable", chance: Chance): Answer;
  /** Undefined where the protocol has no such thing. */
  readonly alter?: (
    fault: "partial" | "expired",
    request: Exchange,
    chance: Chance,
  ) => Altered | undefined;
  /** Puts messages in another order and some of earlier answers among them. */
  readonly again?: (request: Exchange, answer: Answer, chance: Chance) => Answer;
  /** Whether a send that is repeated is one message all the same. */
  readonly deduplicates: boolean;
}

/** Stands between a driver and a service over HTTP, and does to requests and answers what the plan says. */
export class HttpProxy {
  readonly #target: URL;
  readonly #protocol: HttpProtocol;
  readonly #plan: FaultPlan;
  readonly #witness: Witness;
  readonly #agent = new Agent({ keepAlive: true });
  // Only faults may close a connection: of itself Node closes one that was idle for 5 s, whatever is on its way.
  readonly #server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
    void this.#handle(request, response);
  });

  constructor(target: string, protocol: HttpProtocol, plan: FaultPlan, witness: Witness) {
    this.#target = new URL(target);
    this.#protocol = protocol;
    this.#plan = plan;
    this.#witness = witness;
  }

  /** Resolves with the origin in place of the target's. */
  async listen(): Promise<string> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("a port without a number");
    return `http://127.0.0.1:${address.port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#agent.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #handle(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const { method = "GET", url: path = "/", headers } = incoming;
      const request = { method, path, headers, body: await buffer(incoming) };
      const operation = this.#protocol.operationOf(request);
      const { fault, chance } = this.#plan.next(operation);
      let cut = false;
      // Whoever asked may give up meanwhile: a caller that aborts, a client on a machine that is busy.
      response.once("close", () => {
        if (cut || response.writableFinished) return;
        this.#witness.meets(operation, "cut after")();
        this.#doubted(operation, idsIn(request.body));
      });
      const over = fault === undefined ? undefined : this.#witness.meets(operation, fault);
      const answer = await this.#answer(request, operation, fault, chance);
      over?.();
      if (answer === undefined) {
        cut = true;
        response.destroy();
      } else {
        const { "transfer-encoding": _, ...rest } = answer.headers;
        response.writeHead(answer.status, { ...rest, "content-length": answer.body.length });
        response.end(answer.body);
      }
    } catch {
      // Whoever asked is gone, or the service is: the campaign sees it by what it misses.
      response.destroy();
    }
  }

  /** Undefined where the connection is cut. */
  async #answer(
    request: Exchange,
    operation: Operation,
    fault: Fault | undefined,
    chance: Chance,
  ): Promise<Answer | undefined> {
    switch (fault) {
      case "throttle":
      case "unavailable":
        return this.#protocol.refusal(fault, chance);
      case "cut before":
        return undefined;
      case "cut after":
        await this.#forward(request, operation);
        this.#doubted(operation, idsIn(request.body));
        return undefined;
      case "unavailable after":
        await this.#forward(request, operation);
        this.#doubted(operation, idsIn(request.body));
        return this.#protocol.refusal("unavailable", chance);
      case "partial":
      case "expired": {
        const altered = this.#protocol.alter?.(fault, request, chance);
        if (altered === undefined) return this.#forward(request, operation);
        this.#doubted(operation, altered.doubted);
        const { body } = altered;
        return altered.answer(body && (await this.#forward({ ...request, body }, operation)));
      }
      case "slow": {
        const answer = await this.#forward(request, operation);
        await new Promise((resolve) => setTimeout(resolve, chance.int(50, 800)));
        return answer;
      }
      case "again": {
        const answer = await this.#forward(request, operation);
        const changed = this.#protocol.again?.(request, answer, chance) ?? answer;
        const more = without(idsIn(changed.body), idsIn(answer.body));
        this.#witness.given(more);
        this.#witness.twice(more);
        return changed;
      }
      case "detach": // HTTP knows no links.
      case undefined:
        return this.#forward(request, operation);
    }
  }

  /** What was carried out without a good answer may be asked for again. */
  #doubted(operation: Operation, ids: readonly string[]): void {
    if (operation === "send" && !this.#protocol.deduplicates) this.#witness.twice(ids);
  }

  async #forward({ method, path, headers, body }: Exchange, operation: Operation): Promise<Answer> {
    const request = send(new URL(path, this.#target), {
      method,
      headers: { ...headers, host: this.#target.host, "content-length": String(body.length) },
      agent: this.#agent,
    });
    request.end(body);
    const [incoming]: IncomingMessage[] = await once(request, "response");
    if (incoming === undefined) throw new Error("a response without a response");
    const answer = {
      status: incoming.statusCode ?? 0,
      headers: incoming.headers,
      body: await buffer(incoming),
    };
    if (operation === "receive") this.#witness.given(idsIn(answer.body));
    return answer;
  }
}

/** The first list without one of each of the second. */
function without(ids: readonly string[], others: readonly string[]): readonly string[] {
  const left = [...ids];
  for (const id of others) {
    const index = left.indexOf(id);
    if (index >= 0) left.splice(index, 1);
  }
  return left;
}
