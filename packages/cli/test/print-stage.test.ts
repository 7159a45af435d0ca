import type { ApplyResult, Plan, State } from "@alienplatform/deploy";
import { stageStatus } from "@alienplatform/deploy";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { printApplied } from "../src/print/applied.ts";
import { printStage } from "../src/print/stage.ts";

const plain = picocolors.createColors(false);
const place = { platform: "mars", stack: "shop", stage: "dev", settings: {} };

function stateOf(...statuses: readonly State["parts"][string]["status"][]): State {
  const parts = statuses.map((status, index) => {
    const part = { type: "queue", name: `shop-dev-${index}`, resource: "tasks", status };
    const remote = { id: `${index}`, settings: {}, attributes: {} };
    return [`queue/${index}`, { ...part, config: {}, dependsOn: [], remote }] as const;
  });
  const counts = { serial: 1, fence: 1 };
  // Of a part a status reads no more than this.
  return {
    version: 1,
    lineage: "l",
    ...counts,
    place,
    parts: Object.fromEntries(parts),
    bindings: {},
  } as never;
}

it.each([
  [
    ["ready", "creating", "updating"],
    "not complete: 2 of 3 parts left undone; alien deploy goes on from here",
  ],
  [
    ["ready", "deleting"],
    "not complete: 1 of 2 parts left undone; alien deploy, or alien destroy, goes on from here",
  ],
] as const)("a stage of %s is not complete", (statuses, line) => {
  const status = stageStatus(stateOf(...statuses), 0);
  expect(status.complete).toBe(false);
  expect(printStage(status, plain, 0)).toContain(line);
});

it("a stage that was deployed to its end says nothing of the kind, nor one that is being changed", () => {
  expect(printStage(stageStatus(stateOf("ready", "ready"), 0), plain, 0)).not.toContain("complete");
  const lock = { id: "1", fence: 1, owner: "ann", operation: "deploy", since: 0, until: 60_000 };
  const status = stageStatus({ ...stateOf("creating"), lock }, 1_000);
  expect(printStage(status, plain, 1_000)).not.toContain("complete");
});

it("a destroy that found nothing says so", () => {
  const none = { done: [], failed: [], held: [], interrupted: [], stopped: [], state: undefined };
  const destroy = { operation: "destroy", place } as unknown as Plan; // what is printed of it
  expect(printApplied(destroy, none satisfies ApplyResult, 12, plain)).toBe(
    "nothing to destroy: there is nothing of shop, stage dev",
  );
});
