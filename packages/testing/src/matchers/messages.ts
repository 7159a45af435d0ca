import type { QueueStats } from "@alienplatform/bindings";
import { isLike, type MatcherAnswer, type MatcherContext, show } from "./matcher-context.ts";
import { subjectOf } from "./subject.ts";

/** How many messages a queue has to have of each kind; what is left out may be any number. */
export type ExpectedCounts = Partial<
  Readonly<Record<"ready" | "delayed" | "inFlight" | "dead", number>>
>;

/** await expect(tasks).toHaveMessages({ ready: 2, delayed: 1 }) */
export async function toHaveMessages(
  this: MatcherContext,
  given: unknown,
  expected: ExpectedCounts,
): Promise<MatcherAnswer> {
  const { queue, queues } = subjectOf("toHaveMessages", given);
  const counts = countsOf(await queues.operate(queue).stats());
  const wrong = Object.keys(expected ?? {}).filter((kind) => !(kind in counts));
  if (expected === undefined || wrong.length > 0) {
    throw new TypeError(
      "Write how many of which kind: expect(tasks).toHaveMessages({ ready: 2, delayed: 0, inFlight: 0, dead: 0 }).",
    );
  }
  const not = this.isNot === true ? "not " : "";
  const message = () =>
    `expected queue "${queue}" ${not}to have ${show(this, expected)}\n\nit has ${show(this, counts)}`;
  return { pass: isLike(this, counts, expected), message };
}

/** await expect(tasks).toHaveNoMessages(): none is ready, delayed or on loan. Dead letters do not count. */
export async function toHaveNoMessages(
  this: MatcherContext,
  given: unknown,
): Promise<MatcherAnswer> {
  const { queue, queues } = subjectOf("toHaveNoMessages", given);
  const { dead, ...left } = countsOf(await queues.operate(queue).stats());
  const pass = Object.values(left).every((count) => count === 0);
  const what = this.isNot === true ? "messages" : "no messages";
  const message = () =>
    `expected queue "${queue}" to have ${what}\n\nit has ${show(this, left)}, and ${dead} dead`;
  return { pass, message };
}

function countsOf({ ready, delayed, inFlight, dead }: QueueStats) {
  return { ready, delayed, inFlight, dead };
}
