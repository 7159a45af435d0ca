import assert from "node:assert/strict";
import type { Plan } from "../src/index.ts";

/** Throws where a plan has anything to do. */
export function notDone({ steps, problems }: Plan): void {
  assert.deepEqual(problems, [], "the plan has problems");
  const left = steps.filter(({ action }) => action !== "none");
  const texts = left.map(({ action, part, changes }) => {
    return `${action} ${part} ${changes.map(({ path }) => path).join(", ")}`.trim();
  });
  assert.deepEqual(texts, [], "the plan is not empty");
}
