import type { Duration } from "@alienplatform/core";
import type { HandlerContext, Message } from "./message.ts";
import { refuseUnknown } from "./unknown-option.ts";

const VERDICT = Symbol.for("alienplatform.verdict");

/** What a handler decided, said outright. Made by ack(), retry() and deadLetter(). */
export type Verdict = { readonly [VERDICT]: true } & (
  | { readonly kind: "ack"; readonly result: unknown }
  | { readonly kind: "retry"; readonly reason: string; readonly delay: Duration | undefined }
  | { readonly kind: "deadLetter"; readonly reason: string }
);

/** A handler that answers with verdicts and nothing else. */
export type VerdictHandler<T = unknown> = (
  message: Message<T>,
  context: HandlerContext,
) => Verdict | Promise<Verdict>;

/** Done, whatever happened; the value is the job's result. */
export function ack(result?: unknown): Verdict {
  return { [VERDICT]: true, kind: "ack", result };
}

/** Try again: after the queue's backoff, or after `delay` ("1m"). A mistyped option fails the attempt, OPTION_INVALID. */
export function retry(reason: string, options: { readonly delay?: Duration } = {}): Verdict {
  refuseUnknown("retry", options, ["delay"]);
  return { [VERDICT]: true, kind: "retry", reason, delay: options.delay };
}

/** No more attempts: to the dead letters. */
export function deadLetter(reason: string): Verdict {
  return { [VERDICT]: true, kind: "deadLetter", reason };
}

/** Also true for a verdict made by another copy of this package. */
export function isVerdict(value: unknown): value is Verdict {
  return typeof value === "object" && value !== null && VERDICT in value;
}
