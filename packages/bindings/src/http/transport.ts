import type { Failure } from "../queue/driver.ts";
import { failureOf, toFailure } from "../queue/failure.ts";

/** How requests reach an HTTP consumer. */
export interface Transport {
  send(url: string, request: RequestInit): Promise<Response>;
  /** Why there was no answer. */
  failureOf(consumer: string, thrown: unknown): Failure;
}

/** Over the network, with the connections that fetch keeps. */
export const network: Transport = {
  send: (url, request) => fetch(url, request),
  failureOf: (consumer, thrown) =>
    failureOf("NETWORK_ERROR", `${consumer} gave no answer: ${reason(thrown)}`),
};

/** To a function of this process: what it throws is kept as it is. */
export function inProcess(handle: (request: Request) => Response | Promise<Response>): Transport {
  return {
    async send(url, request) {
      const response = await handle(new Request(url, request));
      // JavaScript checks nothing, and a forgotten return is common.
      if (typeof response?.status === "number") return response;
      throw new TypeError(`fetch answered ${typeof response}, not a Response`);
    },
    failureOf: (_consumer, thrown) => toFailure(thrown),
  };
}

/** fetch says "fetch failed"; what happened is in the cause, which has no text where several addresses failed. */
function reason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const cause = thrown.cause instanceof Error ? thrown.cause : thrown;
  const code = "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
  return cause.message || code || cause.name;
}
