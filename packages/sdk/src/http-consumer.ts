import { type DeliveryHandler, inProcess, pushHandler } from "@alienplatform/bindings";
import { environment } from "./environment.ts";
import type { Fetch } from "./fetch.ts";
import type { OpenDriver } from "./open-driver.ts";
import { signingSecret } from "./signing-secret.ts";

/** How long an answer may take where the function says nothing else. */
export const ANSWER_TIMEOUT_MS = 60_000;

/** Who gets the messages of a queue that no handler is registered for. */
export interface HttpConsumer {
  /** As failures name it: 'endpoint "billing"'. */
  readonly name: string;
  readonly url: string;
  /** Of a function in this process; undefined is over the network. */
  readonly fetch?: Fetch | undefined;
}

/** Hands messages to an HTTP consumer, signed with this process's secret. */
export function httpHandler({ name, url, fetch }: HttpConsumer): HandlerFor {
  const secret = signingSecret(environment());
  return ({ driver, clock }) =>
    pushHandler({
      consumer: name,
      url,
      secret,
      clock,
      longestDelayMs: driver.capabilities.retryDelay.maxMs,
      ...(fetch === undefined ? {} : { transport: inProcess(fetch) }),
    });
}

type HandlerFor = (opened: OpenDriver) => DeliveryHandler;
