import { fileURLToPath } from "node:url";
import {
  type QueueBinding,
  QueueClient,
  systemClock,
  VirtualClock,
  withDefaults,
} from "@alienplatform/bindings";
import { destroyPlan, observe } from "@alienplatform/deploy";
import { afterAll, expect, it, vi } from "vitest";
import { operate } from "../../packages/aws/src/operate.ts";
import { runtime } from "../../packages/aws/src/runtime.ts";
import { deployStage } from "./support/aws/deploy-stage.ts";
import { connectTo } from "./support/aws/deploying.ts";
import { runDueSchedules } from "./support/aws/due-schedules.ts";
import { startAws } from "./support/aws/start-aws.ts";

const aws = await startAws();
vi.stubEnv("AWS_ENDPOINT_URL", aws.endpoint);
vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
const cloud = await connectTo("dev", aws.region, "delays");
afterAll(() => cloud.close());
const file = fileURLToPath(new URL("./fifo-delays/alien.ts", import.meta.url));
const state = await deployStage(file, cloud);

// Deploy wrote it, without the options that every queue has.
const written = state.bindings.orders as unknown as QueueBinding;
const binding = { ...written, options: withDefaults(written.options ?? {}) };
const { signal } = new AbortController();

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

it("a delay of two days on a FIFO queue that deploy has made is kept, holds up nobody, and is counted and purged", async () => {
  const clock = new VirtualClock(Date.now());
  const driver = runtime.queue(binding, clock);
  const operator = operate.queue(binding, clock);
  const { options } = binding;
  const orders = new QueueClient<{ account: string; n: number }>(driver, {
    ...{ queue: "orders", options, clock },
  });
  /** Takes what is there, and is done with it. */
  const taken = async () => {
    const messages = await orders.receive("orders", 10, { wait: "1s" });
    await orders.ack(messages);
    return messages.map(({ payload, attempt, group }) => ({ n: payload.n, attempt, group }));
  };
  const group = "ann";

  await orders.send({ account: group, n: 1 }, { delay: "2d" });
  await orders.send({ account: group, n: 2 });
  expect(await operator.stats()).toMatchObject({ ready: 1, delayed: 1 });
  expect(await taken()).toEqual([{ n: 2, attempt: 1, group }]);

  await clock.advance(2 * DAY_MS - MINUTE_MS);
  expect(await runDueSchedules(aws, clock.now())).toBe(0);
  await clock.advance(MINUTE_MS + 1_000);
  expect(await runDueSchedules(aws, clock.now())).toBe(1);
  expect(await runDueSchedules(aws, clock.now())).toBe(0);
  expect(await taken()).toEqual([{ n: 1, attempt: 1, group }]);

  await orders.send({ account: group, n: 3 }, { delay: "7d" });
  await orders.send({ account: group, n: 4 }, { delay: "7d" });
  expect(await operator.purge()).toBe(2);
  expect(await operator.stats()).toMatchObject({ ready: 0, delayed: 0 });
  await orders.close();
  await operator.close();
});

it("a stage whose FIFO queue holds delayed messages is not destroyed unasked", async () => {
  const orders = new QueueClient(runtime.queue(binding, systemClock), {
    ...{ queue: "orders", options: binding.options, clock: systemClock },
  });
  await orders.send({ account: "bob", n: 5 }, { delay: "1h" });
  const reads = await observe([], state, cloud, { clock: systemClock, signal });
  const { place, controllers } = cloud;
  const asked = destroyPlan({ place, controllers, state, reads });
  expect(asked.problems.map(({ problem }) => problem)).toEqual([
    'deleting schedule-group "delays-dev-orders-delay-us-east-1" loses 1 delayed message',
  ]);
  const allowed = destroyPlan({ place, controllers, state, reads, allowDataLoss: ["orders"] });
  expect(allowed.problems).toEqual([]);
  await orders.close();
});
