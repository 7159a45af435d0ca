import {
  type PushedFunction,
  type PushedQueue,
  retryItems,
  type Settlement,
  type SettleResult,
  type Sources,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { DEADLINE_SECONDS } from "../capabilities.ts";
import { Copies, needsCopy } from "../queue/copies.ts";
import { deliveryOf } from "../queue/message.ts";
import { type PubSubQueue, pubsubQueueOf } from "../queue/pubsub-queue.ts";
import { type PushEvent, readPushEvent, toDelivered } from "./push-event.ts";
import type { PushVerifier } from "./push-verifier.ts";

/** What is left for the answer itself: without one the message comes back, also when it was handled. */
const ANSWERING_MS = 200;

/**
 * Pub/Sub acknowledges a message that is answered with 102, 200, 201, 202 or 204, and pushes it again after any other
 * status, when the subscription's retry policy says; https://cloud.google.com/pubsub/docs/push#receive_push
 */
const status = {
  acked: 204,
  malformed: 400,
  unsigned: 401,
  foreign: 403,
  unknownSource: 404,
  notPosted: 405,
  retry: 500,
  later: 503,
} as const;

export interface PushHandlerOptions {
  readonly pushed: PushedFunction;
  /** A queue's logical name by its subscription, as the event names it. */
  readonly sources: Sources;
  readonly verifier: () => PushVerifier;
}

/** Answers what Pub/Sub pushes. Nothing of the function is loaded before the request is known to be Pub/Sub's. */
export class PushHandler {
  readonly #given: PushHandlerOptions;
  readonly #opened = new WeakMap<PushedQueue, Opened>();

  constructor(given: PushHandlerOptions) {
    this.#given = given;
  }

  async handle(request: Request): Promise<Response> {
    const { pushed, sources, verifier } = this.#given;
    if (request.method !== "POST") return answer(status.notPosted);
    let name: string | undefined;
    try {
      await verifier().verify(request.headers.get("authorization") ?? undefined);
      const event = readPushEvent(await request.text());
      const { subscription } = event;
      name = Object.hasOwn(sources, subscription) ? sources[subscription] : undefined;
      if (name === undefined) throw unknownSource(subscription);
      return answer(await this.#deliver(event, await pushed.queue(name), name));
    } catch (error) {
      pushed.report(error, name);
      return answer(statusOf(error));
    }
  }

  async #deliver(event: PushEvent, queue: PushedQueue, name: string): Promise<number> {
    const { clock, random } = queue;
    const { target, copies } = this.#open(queue);
    const count = event.deliveryAttempt ?? 0;
    const delivery = deliveryOf(
      toDelivered(event),
      { ackId: event.message.messageId, count },
      target,
    );
    // The subscription's deadline is the request's as well.
    const deadline = clock.now() + (target.ackDeadlineSeconds ?? DEADLINE_SECONDS) * 1_000;
    const [settlement] = await queue.deliver([delivery], { deadline });
    if (settlement === undefined) return status.later;
    if (!needsCopy(settlement, target)) return statusAfter(settlement);
    const late = new AbortController();
    const cancel = clock.schedule(Math.max(0, deadline - ANSWERING_MS - clock.now()), () =>
      late.abort(),
    );
    const [copied] = await retryItems([settlement], (some, signal) => copy(copies, some, signal), {
      clock,
      random,
      signal: late.signal,
    });
    cancel();
    if (copied?.ok) return status.acked;
    this.#given.pushed.report(copied?.error, name);
    return status.later;
  }

  /** Its connections are kept from one push to the next. */
  #open(queue: PushedQueue): Opened {
    const known = this.#opened.get(queue);
    if (known !== undefined) return known;
    const target = pubsubQueueOf(queue.binding);
    const made = { target, copies: new Copies(target, queue.clock) };
    this.#opened.set(queue, made);
    return made;
  }
}

interface Opened {
  readonly target: PubSubQueue;
  readonly copies: Copies;
}

async function copy(
  copies: Copies,
  settlements: readonly Settlement[],
  signal: AbortSignal | undefined,
): Promise<readonly SettleResult[]> {
  const failed = await copies.publish(settlements, signal);
  return settlements.map((settlement) => {
    const error = failed.get(settlement);
    return error === undefined ? { ok: true, applied: true } : { ok: false, error };
  });
}

function statusAfter({ outcome }: Settlement): number {
  if (outcome.kind === "ack") return status.acked;
  return outcome.kind === "retry" ? status.retry : status.later;
}

function statusOf(error: unknown): number {
  if (!(error instanceof AlienError)) return status.retry;
  if (error.code === "SIGNATURE_INVALID") {
    return error.details.reason === "sender" ? status.foreign : status.unsigned;
  }
  if (error.code === "UNKNOWN_QUEUE") return status.unknownSource;
  if (error.code === "DECODE_FAILED") return status.malformed;
  return error.retryable ? status.later : status.retry;
}

function answer(code: number): Response {
  return new Response(null, { status: code });
}

function unknownSource(source: string): AlienError {
  const text = `the function is no consumer of the subscription that Google calls ${source}`;
  return new AlienError("UNKNOWN_QUEUE", text, {
    fix: "Deploy the stack again, or remove the function's URL from this subscription.",
    details: { source },
  });
}
