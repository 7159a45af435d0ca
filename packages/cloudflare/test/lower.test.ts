import * as alien from "@alienplatform/core";
import type { FunctionCode } from "@alienplatform/deploy";
import { describe, expect, it } from "vitest";
import { platform } from "../src/deploy.ts";
import { deadLettersName, isOfStage, queueName, workerName } from "../src/names.ts";
import { ATTRIBUTES } from "../src/part-configs.ts";
import { QUEUE_NAME, SCRIPT_NAME } from "./account/requests.ts";

const place = {
  platform: "cloudflare",
  stack: "shop",
  stage: "dev",
  settings: { account: "0123456789abcdef0123456789abcdef" },
};

function lower(...resources: readonly alien.Resource[]) {
  let stack = new alien.Stack("shop");
  for (const each of resources) stack = stack.add(each);
  const code: FunctionCode = Object.fromEntries(
    resources.flatMap(({ type, id }) =>
      type === "queue" ? [] : [[id, { sha256: "a".repeat(64), bytes: 30_000 }]],
    ),
  );
  return platform.lower(stack.build(), place, code);
}

function partOf({ parts }: ReturnType<typeof lower>, id: string) {
  const found = parts.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no ${id}`);
  return found;
}

const tasks = new alien.Queue("tasks").build();
const worker = (id = "worker") => new alien.Function(id).code("./worker.ts");

describe("a queue", () => {
  it("is pushed to the Worker that it triggers, its dead letters are pulled, and both count to the highest", () => {
    const lowered = lower(tasks, worker().trigger(tasks, { batchSize: 20 }).build());
    expect(partOf(lowered, "queue/tasks/consumer").config).toEqual({
      queueId: { $ref: "queue/tasks", attribute: "id" },
      type: "worker",
      scriptName: { $ref: "function/worker", attribute: "name" },
      deadLetterQueue: { $ref: "queue/tasks/dead-letters", attribute: "name" },
      batchSize: 20,
      maxWaitTimeMs: 1_000,
      maxRetries: 100,
      retryDelay: 0,
    });
    expect(partOf(lowered, "queue/tasks/dead-letters/consumer").config).toMatchObject({
      type: "http_pull",
      maxRetries: 100,
    });
    expect(partOf(lowered, "queue/tasks/dead-letters").config).toMatchObject({
      messageRetentionPeriod: 1_209_600,
    });
  });

  it("is pulled with its own lease where nobody in the stack consumes it", () => {
    const lowered = lower(new alien.Queue("tasks").lease("2m").build());
    expect(partOf(lowered, "queue/tasks/consumer").config).toMatchObject({
      type: "http_pull",
      visibilityTimeoutMs: 120_000,
      deadLetterQueue: { $ref: "queue/tasks/dead-letters", attribute: "name" },
    });
  });

  it("has no sibling where its dead letters go to a declared queue", () => {
    const failed = new alien.Queue("failed").build();
    const lowered = lower(failed, new alien.Queue("tasks").deadLetters(failed).build());
    expect(lowered.parts.map(({ id }) => id)).not.toContain("queue/tasks/dead-letters");
    expect(partOf(lowered, "queue/tasks/consumer").config.deadLetterQueue).toEqual({
      $ref: "queue/failed",
      attribute: "name",
    });
  });

  it.each([
    { concurrency: 1, batchSize: 10, pushed: [1, 1] },
    { concurrency: 7, batchSize: 3, pushed: [3, 2] },
    { concurrency: 5_000, batchSize: 10, pushed: [10, 250] },
  ])(
    "bounds $concurrency handlers, $batchSize a batch, by batches times invocations",
    ({ concurrency, batchSize, pushed }) => {
      const bounded = new alien.Queue("tasks").concurrency(concurrency).build();
      const lowered = lower(bounded, worker().trigger(bounded, { batchSize }).build());
      const { config } = partOf(lowered, "queue/tasks/consumer");
      expect([config.batchSize, config.maxConcurrency]).toEqual(pushed);
    },
  );
});

describe("a Worker", () => {
  it("may send where it is linked, and to what triggers it and its dead letters, and nowhere else", () => {
    const mails = new alien.Queue("mails").build();
    const lowered = lower(tasks, mails, worker().trigger(tasks).link(mails, "send").build());
    expect(partOf(lowered, "function/worker").config.queues).toEqual({
      // What is put off is sent again.
      ALIEN_TASKS_QUEUE: { $ref: "queue/tasks", attribute: "name" },
      ALIEN_TASKS_DEAD: { $ref: "queue/tasks/dead-letters", attribute: "name" },
      ALIEN_MAILS_QUEUE: { $ref: "queue/mails", attribute: "name" },
    });
  });

  it("is triggered only after its secrets have their places", () => {
    const lowered = lower(tasks, worker().trigger(tasks).secret("TOKEN").build());
    expect(partOf(lowered, "queue/tasks/consumer").after).toEqual(["secret/TOKEN"]);
  });
});

it("every part says in advance what its type says is certain", () => {
  const lowered = lower(tasks, worker().http().trigger(tasks).secret("TOKEN").build());
  for (const { type, known = {} } of lowered.parts) {
    expect(Object.keys(known)).toEqual(ATTRIBUTES[type as keyof typeof ATTRIBUTES].known);
  }
});

it("names are legal, and tell stages apart whose words would read alike", () => {
  const long = { stack: "Über_Shop.2", stage: "a".repeat(32) };
  const id = "Tasks_".repeat(10);
  expect(queueName(long, id)).toMatch(QUEUE_NAME);
  expect(deadLettersName(long, id)).toMatch(QUEUE_NAME);
  expect(workerName(long, id)).toMatch(SCRIPT_NAME);
  const [one, other] = [
    { stack: "a-b", stage: "c" },
    { stack: "a", stage: "b-c" },
  ];
  expect(queueName(one, "q")).not.toBe(queueName(other, "q"));
  expect(isOfStage(queueName(one, "q"), one)).toBe(true);
  expect(isOfStage(queueName(one, "q"), other)).toBe(false);
});

describe("what Cloudflare cannot do", () => {
  it.each([
    ["order", () => lower(new alien.Queue("tasks").fifo().build()), /keeps no order/],
    [
      "a Worker that pulls",
      () => lower(tasks, worker().link(tasks, "receive").build()),
      /cannot pull/,
    ],
    ["more memory", () => lower(worker().memory("512MiB").build()), /every Worker has 128/],
    [
      "larger batches",
      () => lower(tasks, worker().trigger(tasks, { batchSize: 101 }).build()),
      /pushes 100 at most/,
    ],
    [
      "long variables",
      () =>
        lower(
          worker()
            .environment({ TEXT: "x".repeat(5_001) })
            .build(),
        ),
      /TEXT of "worker" is 5001 bytes/,
    ],
    [
      "two parts of one name",
      () => lower(tasks, new alien.Queue("tasks-dead").build()),
      /would both be the queue/,
    ],
  ])("is refused by the plan: %s", (_what, run, message) => {
    expect(run).toThrow(message);
  });
});
