import { Function as Fn, Queue, Stack, type StackData } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import { lower } from "../../src/lower.ts";
import { storageName, vaultName } from "../../src/names.ts";
import { sources } from "../../src/sources.ts";

const subscription = "00000000-1111-4222-8333-444444444444";
const place = {
  platform: "azure",
  stack: "shop",
  stage: "dev",
  settings: { subscription, region: "westeurope" },
};
const code = { worker: { sha256: "0".repeat(64), bytes: 1 } };

const partOf = (stack: StackData, id: string) =>
  lower(stack, place, code).parts.find((part) => part.id === id);

const worked = (queue: ReturnType<Queue["build"]>) =>
  new Stack("shop").add(queue).add(new Fn("worker").trigger(queue).build()).build();

describe("what a stack becomes on Azure", () => {
  it("a queue has its lease as its lock, five minutes at most, and forwards its dead letters", () => {
    const long = worked(new Queue("tasks").lease("1h").retention("2d").build());
    expect(partOf(long, "queue/tasks")?.config).toMatchObject({
      lockDuration: 300,
      maxDeliveryCount: 2_000,
      requiresSession: false,
      requiresDuplicateDetection: false,
      defaultMessageTimeToLive: 172_800,
      forwardDeadLetteredMessagesTo: { $ref: "queue/tasks/dead-letters", attribute: "name" },
    });
  });

  it("a FIFO queue has sessions, and its dead letters have none", () => {
    const orders = worked(new Queue("orders").fifo({ group: "id" }).build());
    expect(partOf(orders, "queue/orders")?.config).toMatchObject({ requiresSession: true });
    const dead = partOf(orders, "queue/orders/dead-letters");
    expect(dead?.config).toMatchObject({ requiresSession: false });
  });

  it("instances times calls are the declared concurrency at most", () => {
    for (const [concurrency, instances, calls] of [
      [1, 1, "1"],
      [3, 1, "3"],
      [40, 2, "16"],
    ] as const) {
      const stack = worked(new Queue("tasks").concurrency(concurrency).build());
      expect(partOf(stack, "function/worker")?.config).toMatchObject({
        maximumInstances: instances,
        settings: { AzureFunctionsJobHost__extensions__serviceBus__maxConcurrentCalls: calls },
      });
    }
  });

  it("a consumer may receive and send on its queue, and send to its dead letters, and nothing else", () => {
    const { parts } = lower(worked(new Queue("tasks").build()), place, code);
    const queues = parts.filter(({ id }) => /^function\/worker\/may\/.*\/queue\//.test(id));
    expect(queues.map(({ name }) => name)).toEqual([
      "shop-dev-worker/receive/queue/tasks",
      "shop-dev-worker/send/queue/tasks",
      "shop-dev-worker/send/queue/tasks/dead-letters",
    ]);
  });

  it("no setting holds a connection string to what has queues or packages", () => {
    const settings = JSON.stringify(
      partOf(worked(new Queue("tasks").build()), "function/worker")?.config,
    );
    expect(settings).not.toMatch(/SharedAccessKey|AccountKey/);
    expect(settings).toContain("ALIEN_NAMESPACE__fullyQualifiedNamespace");
  });

  it("a trigger has a name that can be disabled on Linux", () => {
    const stack = worked(new Queue("big-tasks").build());
    expect(sources(stack, place, "worker")).toEqual({ queue_big_tasks: "big-tasks" });
  });

  it("names of the whole world's are within their limits, and other ones in another subscription", () => {
    const here = {
      stack: "a-stack-of-a-long-name",
      stage: "pr-123",
      subscription,
      region: "westeurope",
    };
    expect(storageName(here, "worker")).toMatch(/^[a-z0-9]{3,24}$/);
    expect(vaultName(here)).toMatch(/^[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]$/);
    const there = { ...here, subscription: subscription.replace("0", "9") };
    expect(vaultName(there)).not.toBe(vaultName(here));
  });

  it("what an instance cannot have is refused, with the nearest that it can", () => {
    const queue = new Queue("tasks").build();
    const worker = new Fn("worker").trigger(queue).memory("8GiB").build();
    const stack = new Stack("shop").add(queue).add(worker).build();
    expect(() => lower(stack, place, code)).toThrow(/8192 MiB.*512, 2048, 4096/);
  });

  it("two parts of one name are refused, naming both", () => {
    const stack = new Stack("shop")
      .add(new Queue("tasks").build())
      .add(new Queue("tasks-dead").build())
      .build();
    expect(() => lower(stack, place, {})).toThrow(/tasks-dead/);
  });
});
