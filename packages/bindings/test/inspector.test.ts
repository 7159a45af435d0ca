import { expect, test } from "vitest";
import { defaultOptions, ReferenceDriver, ReferenceQueue } from "../conformance/index.ts";
import type { InspectedPage, QueueInspector } from "../src/operate.ts";
import { QueueOperations } from "../src/operate.ts";
import { VirtualClock } from "../src/virtual-clock.ts";

async function inspectorOf(): Promise<QueueInspector> {
  const clock = new VirtualClock();
  const operator = new ReferenceDriver(new ReferenceQueue("tasks", defaultOptions, clock));
  const operations = new QueueOperations(() => ({ operator, clock }), { queue: "tasks" });
  const inspector = await operations.inspector();
  if (inspector === undefined) throw new TypeError("the reference queue can be looked into");
  return inspector;
}

/** As a program without types would call it. */
function untyped<Type>(value: unknown): Type {
  return value as Type;
}

test.each([
  ["a state there is not", { state: "dead", limit: 10 }],
  ["no state", { limit: 10 }],
  ["a limit of nothing", { state: "ready", limit: 0 }],
  ["a limit that is too large", { state: "ready", limit: 501 }],
  ["a limit that is text", { state: "ready", limit: "5" }],
  ["a mistyped option", { state: "ready", limit: 5, offset: 5 }],
])("an inspector refuses %s", async (_, page) => {
  const inspector = await inspectorOf();
  const asked = inspector.messages(untyped<InspectedPage>(page));
  await expect(asked).rejects.toMatchObject({ code: "OPTION_INVALID", fix: expect.any(String) });
});

test("an inspector refuses limits of groups and keys, and ids that are no text", async () => {
  const inspector = await inspectorOf();
  const { signal } = new AbortController();
  for (const limit of [0, 501, Number.NaN, untyped<number>("5")]) {
    await expect(inspector.groups(limit)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    await expect(inspector.keys(limit)).rejects.toMatchObject({ code: "OPTION_INVALID" });
  }
  for (const id of [untyped<string>(5), untyped<string>({}), untyped<string>([])]) {
    await expect(inspector.message(id)).rejects.toThrow(TypeError);
    await expect(inspector.expedite(id)).rejects.toThrow(TypeError);
    await expect(inspector.activity(id, signal)).rejects.toThrow(TypeError);
    const page = inspector.messages({ state: "ready", limit: 5, after: id });
    await expect(page).rejects.toThrow(TypeError);
  }
});
