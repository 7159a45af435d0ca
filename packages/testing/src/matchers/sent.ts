import { type Duration, parseDuration } from "@alienplatform/core";
import type { SentMessage } from "../sent.ts";
import { isLike, list, type MatcherAnswer, type MatcherContext, show } from "./matcher-context.ts";
import { subjectOf } from "./subject.ts";

/** What a sent message has to have at least; what is left out may be anything. */
export interface ExpectedMessage {
  /** A part of the payload is enough, and asymmetric matchers are understood, as in toMatchObject(). */
  readonly payload?: unknown;
  readonly kind?: "json" | "text";
  /** "5m", or the Date it is due. */
  readonly delay?: Duration | Date;
  readonly group?: string | number | boolean;
  readonly priority?: number;
  readonly concurrency?: { readonly key?: string; readonly limit?: number };
  readonly idempotencyKey?: unknown;
  /** A part is enough. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly maxAttempts?: number;
  /** The handler it is for, where it was sent with call(). */
  readonly job?: string;
  readonly id?: string;
}

const FIELDS: readonly (keyof ExpectedMessage)[] = [
  "payload",
  "kind",
  "delay",
  "group",
  "priority",
  "concurrency",
  "idempotencyKey",
  "attributes",
  "maxAttempts",
  "job",
  "id",
];

/** expect(tasks).toHaveSent({ payload, delay, ... }): at least one such message was sent to the queue. */
export function toHaveSent(
  this: MatcherContext,
  given: unknown,
  expected: ExpectedMessage = {},
): MatcherAnswer {
  return judge(this, "toHaveSent", given, expected, (found) => found > 0);
}

/** expect(tasks).toHaveSentTimes(2, { ... }): exactly so many such messages were sent to the queue. */
export function toHaveSentTimes(
  this: MatcherContext,
  given: unknown,
  times: number,
  expected: ExpectedMessage = {},
): MatcherAnswer {
  if (!Number.isInteger(times)) {
    throw new TypeError("Write how many first: expect(tasks).toHaveSentTimes(2, { payload }).");
  }
  return judge(this, "toHaveSentTimes", given, expected, (found) => found === times, times);
}

function judge(
  context: MatcherContext,
  matcher: string,
  given: unknown,
  expected: ExpectedMessage,
  isRight: (found: number) => boolean,
  times?: number,
): MatcherAnswer {
  const { queue, queues } = subjectOf(matcher, given);
  checkFields(matcher, expected);
  const sent = queues.sent(queue);
  const found = sent.filter((message) => matches(context, message, expected)).length;
  const message = () => {
    const what = Object.keys(expected).length === 0 ? "" : ` ${show(context, expected)}`;
    const often = times === undefined ? "" : ` ${times} ${times === 1 ? "time" : "times"}`;
    const not = context.isNot === true ? "not " : "";
    const but = times === undefined ? "" : `, but ${found} of ${sent.length} matched`;
    const lines = sent.map((one) => describe(context, one));
    return `expected queue "${queue}" ${not}to have been sent${what}${often}${but}\n\n${list("it was sent", lines)}`;
  };
  return { pass: isRight(found), message };
}

/** A misspelled field would match anything. */
function checkFields(matcher: string, expected: ExpectedMessage): void {
  const unknown = Object.keys(expected).filter((field) => !FIELDS.some((known) => known === field));
  if (unknown.length === 0) return;
  throw new TypeError(
    `${matcher}() knows no "${unknown.join('", "')}": a message has ${FIELDS.join(", ")}. What was sent is { payload: ... }.`,
  );
}

function matches(
  context: MatcherContext,
  message: SentMessage,
  { delay, group, ...rest }: ExpectedMessage,
): boolean {
  if (delay !== undefined && delayOf(delay, message) !== message.delayMs) return false;
  if (group !== undefined && String(group) !== message.group) return false;
  return isLike(context, message, rest);
}

function delayOf(delay: Duration | Date, { sentAt }: SentMessage): number {
  return delay instanceof Date ? delay.getTime() - sentAt : parseDuration(delay, "delay");
}

/** The message in one line: what is at its default is left out. */
function describe(context: MatcherContext, message: SentMessage): string {
  const { payload, delayMs, group, priority, concurrency, idempotencyKey } = message;
  const { attributes, maxAttempts, job } = message;
  const options = {
    ...(delayMs > 0 ? { delay: `${delayMs}ms` } : {}),
    ...(group === undefined ? {} : { group }),
    ...(priority === 0 ? {} : { priority }),
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    ...(Object.keys(attributes).length === 0 ? {} : { attributes }),
    ...(maxAttempts === undefined ? {} : { maxAttempts }),
  };
  const called = job === undefined ? "" : `${job} `;
  const beside = Object.keys(options).length === 0 ? "" : ` with ${show(context, options)}`;
  return `${called}${show(context, payload)}${beside}`;
}
