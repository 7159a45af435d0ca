import { httpApi } from "@alienplatform/api";
import * as alien from "@alienplatform/core";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { servedTestQueues } from "./served.ts";

const stack = new alien.Stack("shop").add(new alien.Queue("tasks").build()).build();

let queues: TestQueues;
let open: (path: string) => Promise<Response>;
/** When somebody looked at the counts of the queue, in seconds since the start. */
const looks: number[] = [];

beforeEach(async () => {
  queues = await createTestQueues(stack);
  onTestFinished(() => queues.close());
  const startMs = queues.clock.now();
  const served = servedTestQueues(stack, queues);
  looks.length = 0;
  const api = httpApi(
    {
      ...served,
      platform: "aws",
      operations: (queue) =>
        new Proxy(served.operations(queue), {
          get(operations, name) {
            // Who asks for an inspector asks nothing of the service yet.
            if (name === "stats") looks.push((queues.clock.now() - startMs) / 1_000);
            const value = Reflect.get(operations, name, operations);
            return typeof value === "function" ? value.bind(operations) : value;
          },
        }),
    },
    { clock: queues.clock },
  );
  onTestFinished(() => api.close());
  open = (path) => api.fetch(new Request(`http://localhost${path}`));
});

/** Those of the sampler: what else is asked of a queue is no look at its counts. */
async function looksDuring(seconds: number): Promise<readonly number[]> {
  looks.length = 0;
  await queues.clock.advance(`${seconds}s`);
  return [...looks];
}

it("nobody looks at a deployed stage that no page shows", async () => {
  await open("/health");
  expect(await looksDuring(3_600)).toEqual([]);
});

it("an open page has a deployed stage looked at every ten seconds, and no longer than it is open", async () => {
  const page = await open("/events");
  const gaps = (at: readonly number[]) => [...new Set(at.slice(1).map((s, n) => s - (at[n] ?? 0)))];
  const seen = await looksDuring(60);
  expect(seen.length).toBeLessThanOrEqual(7);
  expect(gaps(seen)).toEqual([10]);
  await page.body?.cancel();
  expect(await looksDuring(3_600)).toEqual([]);
});

it("pages that come and go have it looked at no more often", async () => {
  looks.length = 0;
  for (let n = 0; n < 20; n++) {
    const page = await open("/events");
    await queues.clock.advance("500ms");
    await page.body?.cancel();
    await queues.clock.advance("500ms");
  }
  expect(new Set(looks)).toEqual(new Set([0, 10]));
});

it("a program that asks for samples has it looked at for twenty seconds after each time", async () => {
  await open("/queues/tasks/samples");
  expect(await looksDuring(3_600)).toEqual([10, 20, 30]);
});
