import type { DeadLetter } from "@alienplatform/bindings";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import { isLike, list, type MatcherAnswer, type MatcherContext, show } from "./matcher-context.ts";
import { subjectOf } from "./subject.ts";

/** What a dead letter has to have at least; what is left out may be anything. */
export interface ExpectedDeadLetter {
  /** A part of the payload is enough, as in toMatchObject(). */
  readonly payload?: unknown;
  /** Text that its last error's message holds, a pattern that it matches, or a part of the error: { code: "LEASE_EXPIRED" }. */
  readonly error?:
    | string
    | RegExp
    | { readonly code?: unknown; readonly message?: unknown; readonly issues?: unknown };
  readonly attempts?: number;
  readonly group?: string;
  readonly id?: string;
}

const FIELDS = ["payload", "error", "attempts", "group", "id"];

/** await expect(tasks).toHaveDeadLetter({ payload, error: /smtp/ }): at least one such message is in the queue's dead letters. */
export async function toHaveDeadLetter(
  this: MatcherContext,
  given: unknown,
  expected: ExpectedDeadLetter = {},
): Promise<MatcherAnswer> {
  const { queue, queues } = subjectOf("toHaveDeadLetter", given);
  const unknown = Object.keys(expected).filter((field) => !FIELDS.includes(field));
  if (unknown.length > 0) {
    throw new TypeError(
      `toHaveDeadLetter() knows no "${unknown.join('", "')}": a dead letter has ${FIELDS.join(", ")}.`,
    );
  }
  const dead = await allDead(queues.operate(queue));
  const pass = dead.some((letter) => matches(this, letter, expected));
  const message = () => {
    const what = Object.keys(expected).length === 0 ? "" : ` ${show(this, expected)}`;
    const not = this.isNot === true ? "no dead letter" : "a dead letter";
    const lines = dead.map((letter) => describe(this, letter));
    return `expected queue "${queue}" to have ${not}${what}\n\n${list("its dead letters", lines)}`;
  };
  return { pass, message };
}

async function allDead(operations: QueueOperations): Promise<readonly DeadLetter[]> {
  const all: DeadLetter[] = [];
  for (let page = await operations.dead.list({ limit: 500 }); page.length > 0; ) {
    all.push(...page);
    if (page.length < 500) break;
    page = await operations.dead.list({ limit: 500, after: page.at(-1)?.id });
  }
  return all;
}

function matches(
  context: MatcherContext,
  letter: DeadLetter,
  { payload, error, ...rest }: ExpectedDeadLetter,
): boolean {
  if (payload !== undefined && !isLike(context, payloadOf(letter), payload)) return false;
  return isError(context, letter.error, error) && isLike(context, letter, rest);
}

function isError(
  context: MatcherContext,
  actual: DeadLetter["error"],
  expected: ExpectedDeadLetter["error"],
): boolean {
  if (expected === undefined) return true;
  if (typeof expected === "string") return actual.message.includes(expected);
  if (expected instanceof RegExp) return expected.test(actual.message);
  return isLike(context, actual, expected);
}

/** As it was sent; what is not JSON, though it says so, as its text. */
function payloadOf({ body, headers }: DeadLetter): unknown {
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  if (headers.kind === "text") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // it may be dead for that very reason
  }
}

function describe(context: MatcherContext, letter: DeadLetter): string {
  const { code, message } = letter.error;
  const attempts = `${letter.attempts} ${letter.attempts === 1 ? "attempt" : "attempts"}`;
  return `${show(context, payloadOf(letter))} after ${attempts}: ${code}: ${message.slice(0, 200)}`;
}
