import { expect, it } from "vitest";
import type { DevEvent } from "../src/dev/event.ts";
import { ReportOnce } from "../src/dev/report-once.ts";

function problem(id: string, ...others: readonly string[]): DevEvent {
  const details = { others: others.map((message) => ({ message })) };
  const message = "src/shared.ts:1:16: Unexpected (and 1 more)";
  return {
    type: "problem",
    function: id,
    error: { code: "FUNCTION_BUILD_FAILED", message, details },
  };
}

it("what is wrong with two functions is told once, and what is wrong with one alone is told of it", () => {
  const told: DevEvent[] = [];
  const once = new ReportOnce((event) => told.push(event));
  const events = [problem("one", "a"), problem("two", "a"), problem("three", "b")];
  for (const event of events) once.report(event);
  const [one, two, three] = events;
  expect(told).toEqual([one, { ...two, again: true }, three]);
  once.next();
  once.report(problem("one", "a"));
  expect(told.at(-1)).toEqual(one);
});
