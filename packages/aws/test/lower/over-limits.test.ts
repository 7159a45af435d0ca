import * as alien from "@alienplatform/core";
import { expect, test } from "vitest";
import { lower } from "../../src/lower.ts";
import { codeOf, loweredOf, place, stackOf } from "./lowered.ts";

const tasks = new alien.Queue("tasks").build();

function refusalsOf(...resources: readonly alien.Resource[]): readonly string[] {
  return refused(() => loweredOf(...resources)).map(
    ({ resource, path, fix }) => `${resource} ${path}: ${fix}`,
  );
}

function refused(
  lowering: () => unknown,
): readonly { resource: string; path: string; problem: string; fix: string }[] {
  try {
    lowering();
  } catch (error) {
    if (error instanceof alien.AlienError && error.code === "UNSUPPORTED") {
      const { refusals } = error.details;
      if (Array.isArray(refusals)) return refusals;
    }
    throw error;
  }
  return [];
}

test("all that AWS cannot do is in one error, what the capabilities say and what Lambda says", () => {
  const one = new alien.Queue("one").concurrency(1).build();
  const worker = new alien.Function("worker").trigger(one).memory("64MiB").timeout("20m").build();
  expect(refusalsOf(one, worker)).toEqual([
    "one concurrency: Declare .fifo() with one group, or .concurrency(2).",
    'worker timeout: Declare .timeout("15m") or less, or run its handlers with consume() in a process of your own.',
    'worker memory: Declare .memory("128MiB").',
  ]);
});

test("more memory than Lambda has is refused with the most that it has", () => {
  expect(refusalsOf(new alien.Function("worker").memory("11GiB").build())).toEqual([
    'worker memory: Declare .memory("10240MiB").',
  ]);
});

test("a batch of a FIFO queue is one message: those behind a failed one would spend their attempts unrun", () => {
  const orders = new alien.Queue("orders").fifo().build();
  const taking = (batchSize: number) =>
    refusalsOf(orders, new alien.Function("worker").trigger(orders, { batchSize }).build());
  expect(taking(1)).toEqual([]);
  expect(taking(2)).toEqual([
    "worker trigger(orders).batchSize: Leave out batchSize: groups run side by side all the same.",
  ]);
});

test.each(["AWS_REGION", "_HANDLER", "AWS_LAMBDA_RUNTIME_API", "_mine", "X"])(
  "a variable %s is refused: Lambda would",
  (name) => {
    const worker = new alien.Function("worker").environment({ [name]: "1" }).build();
    expect(refusalsOf(worker)).toEqual([
      `worker environment.${name}: Give the variable another name.`,
    ]);
  },
);

test("an environment over 4 KB is refused with the sizes, bindings and escapes included", () => {
  const withText = (length: number) =>
    refused(() =>
      loweredOf(
        tasks,
        new alien.Function("worker")
          .link(tasks)
          .environment({ TEXT: '"'.repeat(length) })
          .build(),
      ),
    );
  const [problem] = withText(2_000);
  expect(problem?.path).toBe("environment");
  expect(problem?.problem).toMatch(
    /^the environment of "worker" is \d{4} bytes; Lambda takes 4096 \(the largest: TEXT 4011, ALIEN_TASKS_BINDING \d+,/,
  );
  // Each quote counts twice.
  const bytes = Number(/is (\d+) bytes/.exec(problem?.problem ?? "")?.[1]);
  const most = 2_000 - Math.ceil((bytes - 4_096) / 2);
  expect([withText(most).length, withText(most + 1).length]).toEqual([0, 1]);
});

test("ten triggers, and eleven links, have room in an environment", () => {
  const queues = Array.from({ length: 11 }, (_, index) =>
    new alien.Queue(`mails-${index}`).build(),
  );
  const triggered = queues
    .slice(0, 10)
    .reduce((worker, queue) => worker.trigger(queue), new alien.Function("worker"));
  const linked = queues.reduce((api, queue) => api.link(queue), new alien.Function("api"));
  expect(() => loweredOf(...queues, triggered.build(), linked.build())).not.toThrow();
});

test("code over 50 MiB is refused, and a policy over what IAM takes", () => {
  const stack = stackOf(new alien.Function("worker").build());
  const code = codeOf(stack, 51 * 1024 * 1024);
  expect(refused(() => lower(stack, place, code)).map(({ problem }) => problem)).toEqual([
    'the zipped code of "worker" is 51.0 MiB; Lambda takes 50 in a request',
  ]);
  const queues = Array.from({ length: 60 }, (_, index) =>
    new alien.Queue(`${"q".repeat(60)}-${index}`).build(),
  );
  const worker = new alien.Function("worker");
  for (const queue of queues) worker.link(queue, "operate");
  const paths = refused(() => loweredOf(...queues, worker.build())).map(({ path }) => path);
  expect(paths).toContain("link");
});

test("two parts of one name are refused, naming both", () => {
  const dead = new alien.Queue("tasks-dead").build();
  expect(refused(() => loweredOf(tasks, dead)).map(({ problem }) => problem)).toEqual([
    'queue/tasks/dead-letters and queue/tasks-dead would both be the sqs-queue "shop-dev-tasks-dead"',
  ]);
});

test("an endpoint is bounded as a function is", () => {
  const one = new alien.Queue("one").concurrency(1).build();
  const billing = new alien.Endpoint("billing").url("https://billing.test/").trigger(one).build();
  expect(refusalsOf(one, billing)).toEqual([
    "one concurrency: Declare .fifo() with one group, or .concurrency(2).",
  ]);
});
