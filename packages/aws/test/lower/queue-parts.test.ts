import * as alien from "@alienplatform/core";
import { expect, test } from "vitest";
import { loweredOf, partOf } from "./lowered.ts";

const arn = (name: string) => `arn:aws:sqs:eu-central-1:123456789012:${name}`;

test("a queue is two queues: itself, and one for its dead letters that takes them from it alone", () => {
  const { parts } = loweredOf(new alien.Queue("tasks").build());
  expect(parts.filter(({ id }) => id !== "state")).toEqual([
    {
      id: "queue/tasks/dead-letters",
      type: "sqs-queue",
      name: "shop-dev-tasks-dead",
      resource: "tasks",
      config: {
        fifoQueue: false,
        visibilityTimeout: 30,
        messageRetentionPeriod: 1_209_600,
        receiveMessageWaitTimeSeconds: 20,
        maximumMessageSize: 1_048_576,
        delaySeconds: 0,
        sqsManagedSseEnabled: true,
        redriveAllowPolicy: {
          redrivePermission: "byQueue",
          sourceQueueArns: [arn("shop-dev-tasks")],
        },
      },
      known: { arn: arn("shop-dev-tasks-dead") },
    },
    {
      id: "queue/tasks",
      type: "sqs-queue",
      name: "shop-dev-tasks",
      resource: "tasks",
      config: {
        fifoQueue: false,
        visibilityTimeout: 30,
        messageRetentionPeriod: 345_600,
        receiveMessageWaitTimeSeconds: 20,
        maximumMessageSize: 1_048_576,
        delaySeconds: 0,
        sqsManagedSseEnabled: true,
        redrivePolicy: {
          deadLetterTargetArn: { $ref: "queue/tasks/dead-letters", attribute: "arn" },
          maxReceiveCount: 1_000,
        },
      },
      known: { arn: arn("shop-dev-tasks") },
    },
  ]);
});

test("a FIFO queue and its sibling are FIFO, with order and duplicates by group", () => {
  const { parts } = loweredOf(new alien.Queue("tasks").fifo({ group: "account" }).build());
  for (const [id, name] of [
    ["queue/tasks", "shop-dev-tasks.fifo"],
    ["queue/tasks/dead-letters", "shop-dev-tasks-dead.fifo"],
  ] as const) {
    const part = partOf("sqs-queue", id, parts);
    expect(part.name).toBe(name);
    expect(part.config).toMatchObject({
      fifoQueue: true,
      deduplicationScope: "messageGroup",
      fifoThroughputLimit: "perMessageGroupId",
    });
  }
});

test("a FIFO queue has a schedule group and a role for its delays, whose one name its binding tells", () => {
  const orders = new alien.Queue("orders").fifo().build();
  const worker = new alien.Function("worker").trigger(orders).build();
  const { parts, bindings } = loweredOf(new alien.Queue("tasks").build(), orders, worker);
  const delays = ["queue/orders/schedules", "queue/orders/schedules/role"];
  expect(parts.flatMap(({ id }) => (id.includes("schedules") ? [id] : []))).toEqual(delays);
  const group = partOf("schedule-group", "queue/orders/schedules", parts);
  const role = partOf("iam-role", "queue/orders/schedules/role", parts);
  expect(group).toMatchObject({ resource: "orders", config: {}, name: role.name });
  expect(bindings).toMatchObject({
    orders: { address: { scheduler: { $ref: role.id, attribute: "arn" } } },
  });
  expect(JSON.stringify(bindings.tasks)).not.toContain("scheduler");
  // A function may send with a delay from its first message on.
  const { after } = partOf("lambda-function", "function/worker", parts);
  expect(after).toContain("queue/orders/schedules");
});

test("retention and lease are those declared, in whole seconds", () => {
  const { parts } = loweredOf(new alien.Queue("tasks").retention("14d").lease("1.5s").build());
  expect(partOf("sqs-queue", "queue/tasks", parts).config).toMatchObject({
    messageRetentionPeriod: 1_209_600,
    visibilityTimeout: 2,
  });
});

test.each([
  ["30s", "60s", 360],
  ["10m", "60s", 600],
  ["30s", undefined, 360],
  ["30s", "900ms", 30],
  ["30s", "15m", 5_400],
] as const)(
  "with a lease of %s and a function of %s SQS lends for %d seconds",
  (lease, timeout, seconds) => {
    const tasks = new alien.Queue("tasks").lease(lease).build();
    const worker = new alien.Function("worker").trigger(tasks);
    if (timeout !== undefined) worker.timeout(timeout);
    const { parts } = loweredOf(tasks, worker.build());
    expect(partOf("sqs-queue", "queue/tasks", parts).config.visibilityTimeout).toBe(seconds);
  },
);

test("the time of gathering a large batch is lent beside that of the function", () => {
  const tasks = new alien.Queue("tasks").build();
  const worker = new alien.Function("worker").trigger(tasks, { batchSize: 100 }).build();
  const { parts } = loweredOf(tasks, worker);
  expect(partOf("sqs-queue", "queue/tasks", parts).config.visibilityTimeout).toBe(361);
});

test("dead letters that go to a declared queue need no sibling, and that queue takes them from these alone", () => {
  const failed = new alien.Queue("failed").build();
  const mails = new alien.Queue("mails").deadLetters(failed).build();
  const faxes = new alien.Queue("faxes").deadLetters(failed).build();
  const { parts } = loweredOf(failed, mails, faxes);
  expect(parts.map(({ id }) => id)).toEqual([
    "state",
    "queue/failed/dead-letters",
    "queue/failed",
    "queue/mails",
    "queue/faxes",
  ]);
  expect(partOf("sqs-queue", "queue/failed", parts).config.redriveAllowPolicy).toEqual({
    redrivePermission: "byQueue",
    sourceQueueArns: [arn("shop-dev-mails"), arn("shop-dev-faxes")],
  });
  expect(partOf("sqs-queue", "queue/mails", parts).config.redrivePolicy).toEqual({
    deadLetterTargetArn: { $ref: "queue/failed", attribute: "arn" },
    maxReceiveCount: 1_000,
  });
});

test("a queue for the dead of more than ten takes them from all: SQS lists no more", () => {
  const failed = new alien.Queue("failed").build();
  const many = Array.from({ length: 11 }, (_, index) =>
    new alien.Queue(`mails-${index}`).deadLetters(failed).build(),
  );
  const allowed = (count: number) =>
    partOf("sqs-queue", "queue/failed", loweredOf(failed, ...many.slice(0, count)).parts).config
      .redriveAllowPolicy?.redrivePermission;
  expect([allowed(10), allowed(11)]).toEqual(["byQueue", "allowAll"]);
});

test("a binding is what the driver reads, with what SQS calls the queues, and without what every queue has", () => {
  const tasks = new alien.Queue("tasks").maxAttempts(3).concurrency(4).results("24h").build();
  const { bindings } = loweredOf(tasks);
  expect(bindings.tasks).toEqual({
    version: 1,
    platform: "aws",
    queue: "tasks",
    options: { maxAttempts: 3, concurrency: 4, resultsMs: 86_400_000 },
    address: {
      url: { $ref: "queue/tasks", attribute: "url" },
      deadLetterUrl: { $ref: "queue/tasks/dead-letters", attribute: "url" },
      region: "eu-central-1",
      table: "shop-dev-state",
    },
  });
});
