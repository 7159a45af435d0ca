import * as alien from "@alienplatform/core";
import { expect, test } from "vitest";
import { referenceCapabilities } from "../conformance/index.ts";
import { type PlatformCapabilities, refusals, unsupported } from "../src/declared.ts";
import type { QueueCapabilities } from "../src/queue/driver.ts";
import { bareCapabilities } from "./conformance-bare/bare-driver.ts";

const able: PlatformCapabilities = { platform: "able", queue: () => referenceCapabilities };

function platform(
  capabilities: Partial<QueueCapabilities>,
  trigger?: PlatformCapabilities["trigger"],
): PlatformCapabilities {
  const queue = () => ({ ...bareCapabilities, ...capabilities });
  return { platform: "bare", queue, ...(trigger && { trigger }) };
}

function stackOf(...resources: Parameters<alien.Stack["add"]>[0][]): alien.StackData {
  const stack = new alien.Stack("shop");
  for (const resource of resources) stack.add(resource);
  return stack.build();
}

const paths = (stack: alien.StackData, on: PlatformCapabilities) =>
  refusals(stack, on).map(({ resource, path }) => `${resource} ${path}`);

test("what every platform can is refused by none", () => {
  const tasks = new alien.Queue("tasks").maxAttempts(100).build();
  const stack = stackOf(tasks, new alien.Function("worker").trigger(tasks).build());
  expect(refusals(stack, able)).toEqual([]);
  expect(refusals(stack, platform({}))).toEqual([]);
});

test("each refusal says where, whose limit it is, and what to write instead", () => {
  const orders = new alien.Queue("orders").fifo().build();
  expect(refusals(stackOf(orders), platform({ ordered: false }))).toEqual([
    {
      platform: "bare",
      resource: "orders",
      path: "fifo",
      problem: 'queue "orders" is FIFO, and the bare service keeps no order',
      fix: "Leave out .fifo(), or the platform.",
    },
  ]);
});

test("all that a queue declares is looked at", () => {
  const much = new alien.Queue("much")
    .lease("1h")
    .retention("14d")
    .backoff({ initial: "1s", max: "2h" })
    .results("24h")
    .idempotency({ conflict: "error" })
    .build();
  const retention = { minMs: 60_000, maxMs: 86_400_000, since: "sent" } as const;
  expect(paths(stackOf(much), platform({ extend: false, retention }))).toEqual([
    "much lease",
    "much retention",
    "much backoff.max",
    "much results",
    "much idempotency.conflict",
  ]);
  expect(paths(stackOf(much), able)).toEqual([]);
});

test("a lease longer than a loan is no refusal where it can be kept by renewal", () => {
  const slow = new alien.Queue("slow").lease("12h").build();
  expect(paths(stackOf(slow), platform({ leaseMaxMs: 60_000, extend: true }))).toEqual([]);
  expect(paths(stackOf(slow), platform({ leaseMaxMs: 60_000, extend: false }))).toEqual([
    "slow lease",
  ]);
});

test("a retention under the shortest is refused with the shortest", () => {
  const brief = new alien.Queue("brief").retention("1m").build();
  const retention = { minMs: 600_000, maxMs: 86_400_000, since: "sent" } as const;
  const [refusal] = refusals(stackOf(brief), platform({ retention }));
  expect(refusal?.fix).toBe('Declare .retention("10m").');
});

test("a backoff is not looked at where groups follow the platform's own schedule", () => {
  const backoff = { initial: "1s", max: "2h" } as const;
  const orders = new alien.Queue("orders").fifo().backoff(backoff).build();
  const retryDelay = (fifo: boolean) => ({ retryDelay: { maxMs: 60_000, fifo } });
  expect(paths(stackOf(orders), platform(retryDelay(true)))).toEqual(["orders backoff.max"]);
  expect(paths(stackOf(orders), platform(retryDelay(false)))).toEqual([]);
});

test("a bound on handlers that a trigger cannot keep is refused, but not where nothing triggers", () => {
  const trigger = { service: "the host", concurrencyMin: 2 };
  const one = new alien.Queue("one").concurrency(1).build();
  const two = new alien.Queue("two").concurrency(2).build();
  const fifo = new alien.Queue("fifo").concurrency(1).fifo().build();
  const worker = new alien.Function("worker").trigger(one).trigger(two).trigger(fifo).build();
  expect(paths(stackOf(one, two, fifo, worker), platform({}, trigger))).toEqual([
    "one concurrency",
  ]);
  expect(paths(stackOf(one), platform({}, trigger))).toEqual([]);
  expect(paths(stackOf(one, two, fifo, worker), platform({}))).toEqual([]);
});

test("a batch of a FIFO queue is refused where what is given back unrun of it counts", () => {
  const orders = new alien.Queue("orders").fifo().build();
  const tasks = new alien.Queue("tasks").build();
  const worker = new alien.Function("worker")
    .trigger(orders, { batchSize: 5 })
    .trigger(tasks, { batchSize: 5 })
    .build();
  const stack = stackOf(orders, tasks, worker);
  const trigger = { service: "the host", concurrencyMin: 1 };
  expect(refusals(stack, platform({}, { ...trigger, groupBatchMax: 1 }))).toEqual([
    {
      platform: "bare",
      resource: "worker",
      path: "trigger(orders).batchSize",
      problem:
        '"worker" takes 5 messages of the FIFO queue "orders" at once; on the host those behind a failed one would spend their attempts unrun',
      fix: "Leave out batchSize: groups run side by side all the same.",
    },
  ]);
  const [refusal] = refusals(stack, platform({}, { ...trigger, groupBatchMax: 3 }));
  expect(refusal?.fix).toBe("Declare batchSize: 3 or less.");
  expect(paths(stack, platform({}, { ...trigger, groupBatchMax: 5 }))).toEqual([]);
  expect(paths(stack, platform({}, trigger))).toEqual([]);
});

test("a function that may run for too long is refused where the platform ends it", () => {
  const long = new alien.Function("long").http().timeout("1h").build();
  const trigger = { service: "the host", concurrencyMin: 1, timeoutMaxMs: 900_000 };
  const [refusal] = refusals(stackOf(long), platform({}, trigger));
  expect(refusal).toMatchObject({ resource: "long", path: "timeout" });
  expect(refusal?.problem).toContain("the host ends one after 15m");
});

test("dead-lettering while paused is refused where no pause is kept", () => {
  const tasks = new alien.Queue("tasks").build();
  const billing = new alien.Endpoint("billing")
    .url("https://billing.internal/jobs")
    .trigger(tasks, { whilePaused: "deadLetter" })
    .build();
  expect(paths(stackOf(tasks, billing), platform({}))).toEqual([
    "billing trigger(tasks).whilePaused",
  ]);
  expect(paths(stackOf(tasks, billing), able)).toEqual([]);
});

test("an endpoint's queue is bounded as a function's is", () => {
  const one = new alien.Queue("one").concurrency(1).build();
  const billing = new alien.Endpoint("billing").url("https://billing.test/").trigger(one).build();
  const trigger = { service: "the host", concurrencyMin: 2 };
  expect(paths(stackOf(one, billing), platform({}, trigger))).toEqual(["one concurrency"]);
});

test("what is refused is one error: alone in a sentence, else in a list with each fix", () => {
  const one = new alien.Queue("one").fifo().build();
  const two = new alien.Queue("two").fifo().build();
  const error = (...queues: alien.QueueResource[]) =>
    unsupported({ name: "shop" }, refusals(stackOf(...queues), platform({ ordered: false })));
  expect(error(one)).toMatchObject({
    code: "UNSUPPORTED",
    message: 'bare: queue "one" is FIFO, and the bare service keeps no order',
    fix: "Leave out .fifo(), or the platform.",
  });
  const both = error(one, two);
  expect(both.message.split("\n")).toEqual([
    'stack "shop" asks 2 things of its platforms that they cannot do:',
    '  - bare: queue "one" is FIFO, and the bare service keeps no order',
    "    Leave out .fifo(), or the platform.",
    '  - bare: queue "two" is FIFO, and the bare service keeps no order',
    "    Leave out .fifo(), or the platform.",
  ]);
  expect(both.details.refusals).toHaveLength(2);
});
