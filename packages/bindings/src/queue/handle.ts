import { AlienError, type Duration } from "@alienplatform/core";
import { backoffDelay } from "./backoff.ts";
import type { QueueOptions } from "./binding.ts";
import { overBudget, retryOrDeadLetter } from "./budget.ts";
import { type Decoded, decode } from "./decode.ts";
import type { Delivery, Failure, Outcome, QueueCapabilities } from "./driver.ts";
import { failureOf, toFailure } from "./failure.ts";
import { encodeJson } from "./json.ts";
import { readDelay, readLease, readRetryDelay } from "./limits.ts";
import type { HandlerContext, HandlerLog, Message } from "./message.ts";
import type { Schema } from "./schema.ts";
import type { Telemetry } from "./telemetry.ts";
import { utf8Size } from "./text.ts";
import { toReceived } from "./to-message.ts";
import { isVerdict } from "./verdict.ts";

const LONGEST_RESULT_BYTES = 64 * 1024;

/** Handles every message of a queue. Return is ack, throw is retry, a verdict is what it says. */
export type MessageHandler<T = unknown> = (message: Message<T>, context: HandlerContext) => unknown;

/** Jobs by name, as call() names them. */
export type JobHandlers<T = unknown> = Readonly<
  Record<string, (payload: T, context: HandlerContext) => unknown>
>;

/**
 * Gets deliveries as they travelled, once they are known to be valid, and decides on each itself. For what
 * passes messages on; it sees the body's own text.
 */
export class DeliveryHandler {
  readonly decide: DecideDelivery;

  constructor(decide: DecideDelivery) {
    this.decide = decide;
  }
}

type DecideDelivery = (
  delivery: Delivery,
  handling: Handling,
  lease: HandlerLease,
) => Promise<Outcome>;

/** How the messages of one queue are handled. */
export interface Handling {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly schema?: Schema | undefined;
  readonly handler: MessageHandler | JobHandlers | DeliveryHandler;
  /** What becomes of what cannot be decoded. */
  readonly onInvalid: "deadLetter" | "retry";
  readonly random: () => number;
  /** What the platform can: a delay that it cannot keep fails the attempt. Undefined is everything. */
  readonly capabilities?: QueueCapabilities | undefined;
  /** Of other platforms, whose limits hold too. */
  readonly heldTo?: readonly QueueCapabilities[] | undefined;
  readonly log: (line: LogLine) => void;
  readonly telemetry?: Telemetry | undefined;
}

/** What a handler wrote, and of which delivery. */
export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly queue: string;
  readonly id: string;
  readonly attempt: number;
}

/** What a running handler may ask of its loan. */
export interface HandlerLease {
  readonly signal: AbortSignal;
  extend(leaseMs: number): Promise<void>;
}

/** Runs the handler over one delivery; never fails. A promise only where something has to be waited for. */
export function handleDelivery(
  delivery: Delivery,
  handling: Handling,
  lease: HandlerLease,
): Outcome | Promise<Outcome> {
  const spent = overBudget(delivery, handling.options);
  if (spent !== undefined) return spent;
  try {
    const decoded = decode(delivery, handling.schema);
    if (!(decoded instanceof Promise)) return handleDecoded(decoded, delivery, handling, lease);
    return decoded
      .then((late) => handleDecoded(late, delivery, handling, lease))
      .catch((error) => failed(delivery, handling, toFailure(error)));
  } catch (error) {
    return failed(delivery, handling, toFailure(error));
  }
}

function handleDecoded(
  decoded: Decoded,
  delivery: Delivery,
  handling: Handling,
  lease: HandlerLease,
): Outcome | Promise<Outcome> {
  if (!decoded.ok) {
    if (handling.onInvalid === "retry") return failed(delivery, handling, decoded.error);
    return { kind: "deadLetter", error: decoded.error };
  }
  const { handler } = handling;
  if (typeof handler !== "function" && handler instanceof DeliveryHandler) {
    const deciding = handler.decide(delivery, handling, lease);
    return deciding.catch((error) => failed(delivery, handling, toFailure(error)));
  }
  const message = toReceived(handling.queue, delivery, decoded.payload);
  const { job } = message;
  const context = new DeliveryContext(message, handling, lease);
  let value: unknown;
  if (typeof handler === "function") value = handler(message, context);
  else {
    const named = job !== undefined && Object.hasOwn(handler, job) ? handler[job] : undefined;
    if (named === undefined) return handlerUnknown(handling.queue, job);
    value = named(message.payload, context);
  }
  if (!isThenable(value)) return toOutcome(value, delivery, handling);
  return awaited(value, delivery, handling);
}

async function awaited(
  value: PromiseLike<unknown>,
  delivery: Delivery,
  handling: Handling,
): Promise<Outcome> {
  try {
    return toOutcome(await value, delivery, handling);
  } catch (error) {
    return failed(delivery, handling, toFailure(error));
  }
}

/** Another attempt after the queue's backoff, or as much of it as the platform can, or the dead letters where this was the last. */
export function failed(delivery: Delivery, handling: Handling, error: Failure): Outcome {
  const { options, random } = handling;
  const longest = allOf(handling).map(({ retryDelay }) => retryDelay.maxMs);
  const delayMs = Math.min(...longest, backoffDelay(options.backoff, delivery.attempt, random));
  return retryOrDeadLetter(delivery, options, delayMs, error);
}

function toOutcome(value: unknown, delivery: Delivery, handling: Handling): Outcome {
  if (!isVerdict(value)) return acked(value, delivery, handling);
  if (value.kind === "ack") return acked(value.result, delivery, handling);
  const error = failureOf("HANDLER_FAILED", value.reason);
  if (value.kind === "deadLetter") return { kind: "deadLetter", error };
  if (value.delay === undefined) return failed(delivery, handling, error);
  const { options } = handling;
  const delayMs = readDelay(value.delay);
  for (const can of allOf(handling)) readRetryDelay(value.delay, can, options);
  return retryOrDeadLetter(delivery, options, delayMs, error);
}

/** What the queue's platform can, and those that it is held to. */
function allOf({ capabilities, heldTo = [] }: Handling): readonly QueueCapabilities[] {
  return capabilities === undefined ? heldTo : [capabilities, ...heldTo];
}

/** A result that cannot be kept is dropped with a warning: the work is done all the same. */
function acked(result: unknown, delivery: Delivery, handling: Handling): Outcome {
  if (result === undefined) return ACK;
  try {
    const text = encodeJson(result);
    const size = utf8Size(text);
    if (size <= LONGEST_RESULT_BYTES) return { kind: "ack", result: text };
    throw new AlienError(
      "PAYLOAD_INVALID",
      `it is ${size} bytes, the limit is ${LONGEST_RESULT_BYTES}`,
    );
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    handling.log(line("warn", `the result was dropped: ${why}`, undefined, delivery, handling));
    return ACK;
  }
}

const ACK: Outcome = { kind: "ack" };

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value;
}

function handlerUnknown(queue: string, job: string | undefined): Outcome {
  const message =
    job === undefined
      ? `queue "${queue}" carries jobs; this message names none`
      : `no handler for job "${job}" of queue "${queue}"`;
  return { kind: "deadLetter", error: failureOf("HANDLER_UNKNOWN", message) };
}

/** Made for every delivery, so everything in it is made only when asked for. */
class DeliveryContext implements HandlerContext {
  readonly message: Message;
  readonly #handling: Handling;
  readonly #lease: HandlerLease;

  constructor(message: Message, handling: Handling, lease: HandlerLease) {
    this.message = message;
    this.#handling = handling;
    this.#lease = lease;
  }

  get signal(): AbortSignal {
    return this.#lease.signal;
  }

  get extend(): (lease: Duration) => Promise<void> {
    const lease = this.#lease;
    return async (duration) => lease.extend(readLease(duration));
  }

  get log(): HandlerLog {
    const write =
      (level: LogLine["level"]) => (text: string, fields?: Readonly<Record<string, unknown>>) =>
        this.#handling.log(line(level, text, fields, this.message, this.#handling));
    return { info: write("info"), warn: write("warn"), error: write("error") };
  }
}

function line(
  level: LogLine["level"],
  message: string,
  fields: LogLine["fields"],
  { id, attempt }: { readonly id: string; readonly attempt: number },
  { queue }: Handling,
): LogLine {
  return { level, message, ...(fields === undefined ? {} : { fields }), queue, id, attempt };
}
