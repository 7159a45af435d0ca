import { type Delivery, VirtualClock } from "@alienplatform/bindings";
import {
  defaultOptions,
  ReferenceDriver,
  ReferenceQueue,
} from "@alienplatform/bindings/conformance";
import { AlienError, Queue, type QueueResource } from "@alienplatform/core";
import { onQueueMessage } from "@alienplatform/sdk";
import { pushedFunction } from "@alienplatform/sdk/push";
import { useQueues } from "@alienplatform/sdk/testing-hook";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const trigger = { batchSize: 1, paused: false, whilePaused: "wait", onInvalid: "deadLetter" };

let restore: () => void;
let written: string[];

beforeEach(() => {
  const clock = new VirtualClock();
  restore = useQueues(async (queue) => {
    const driver = new ReferenceDriver(new ReferenceQueue(queue, defaultOptions, clock));
    const binding = { version: 1, platform: "test", queue, options: defaultOptions, address: {} };
    return { driver, binding: { ...binding, version: 1 }, clock, random: () => 0.5 };
  });
  written = [];
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => {
  restore();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

function described(queues: readonly string[], extra: object = {}, ofTrigger: object = {}) {
  const triggers = queues.map((queue) => ({ queue, ...trigger, ...ofTrigger }));
  vi.stubEnv("ALIEN_FUNCTION", JSON.stringify({ id: "worker", triggers, ...extra }));
}

/** The function whose file does this when it is loaded. */
function pushed(run: () => unknown, queues: readonly QueueResource[] = []) {
  return pushedFunction(async () => run(), { file: "src/worker.ts", queues: async () => queues });
}

const delivery = (body: string, extra: Partial<Delivery> = {}): Delivery => ({
  id: "m1",
  receipt: "r1",
  body,
  headers: { kind: "json" },
  attempt: 1,
  sentAt: 0,
  ...extra,
});

test("the file is loaded once, at the first delivery, and its handlers run", async () => {
  described(["tasks", "mails"]);
  const handled: unknown[] = [];
  let loads = 0;
  const worker = pushed(() => {
    loads++;
    onQueueMessage("tasks", ({ payload, queue }) => void handled.push([queue, payload]));
    onQueueMessage("*", ({ payload, queue }) => void handled.push([queue, payload]));
  });
  expect(loads).toBe(0);
  const [tasks, mails] = await Promise.all([worker.queue("tasks"), worker.queue("mails")]);
  expect(await tasks.deliver([delivery('{"n":1}')], {})).toMatchObject([
    { outcome: { kind: "ack" } },
  ]);
  await mails.deliver([delivery('"hello"')], {});
  expect(await worker.queue("tasks")).toBe(tasks);
  expect(loads).toBe(1);
  expect(handled).toEqual([
    ["tasks", { n: 1 }],
    ["mails", "hello"],
  ]);
  expect(tasks.binding.queue).toBe("tasks");
});

test("deliveries that come while the file is loaded share one limit of handlers", async () => {
  described(["tasks"]);
  const running: (() => void)[] = [];
  const worker = pushed(() =>
    onQueueMessage("tasks", () => new Promise<void>((resolve) => void running.push(resolve)), {
      concurrency: 1,
    }),
  );
  const [first, second] = await Promise.all([worker.queue("tasks"), worker.queue("tasks")]);
  expect(second).toBe(first);
  const delivered = Promise.all([
    first.deliver([delivery("1")], {}),
    second.deliver([delivery("2", { id: "m2", receipt: "r2" })], {}),
  ]);
  await new Promise((turned) => setImmediate(turned));
  expect(running).toHaveLength(1);
  running[0]?.();
  await new Promise((turned) => setImmediate(turned));
  running[1]?.();
  expect(await delivered).toHaveLength(2);
});

test("jobs are handled by their name", async () => {
  described(["payments"]);
  const worker = pushed(() =>
    onQueueMessage("payments", { charge: (payload) => ({ charged: payload }) }),
  );
  const payments = await worker.queue("payments");
  const headers = (job: string) => ({ kind: "json", job }) as const;
  const settled = await payments.deliver(
    [delivery("5", { headers: headers("charge") }), delivery("5", { headers: headers("refund") })],
    {},
  );
  expect(settled.map(({ outcome }) => outcome)).toMatchObject([
    { kind: "ack", result: '{"charged":5}' },
    { kind: "deadLetter", error: { code: "HANDLER_UNKNOWN" } },
  ]);
});

/** Takes numbers only. */
function numbers(): QueueResource {
  const validate = (value: unknown) =>
    typeof value === "number" ? { value } : { issues: [{ message: "not a number" }] };
  const schema = { "~standard": { version: 1 as const, vendor: "test", validate } };
  return new Queue("tasks").schema(schema).build();
}

test("a declared queue's schema is asked, and the trigger says what becomes of what it refuses", async () => {
  const outcomes: unknown[] = [];
  for (const onInvalid of ["deadLetter", "retry"]) {
    described(["tasks"], {}, { onInvalid });
    const worker = pushed(() => undefined, [numbers()]);
    if (outcomes.length === 0) onQueueMessage("tasks", () => undefined);
    const tasks = await worker.queue("tasks");
    for (const body of ["1", '"x"']) {
      const [settled] = await tasks.deliver([delivery(body)], {});
      outcomes.push(settled?.outcome.kind);
    }
  }
  expect(outcomes).toEqual(["ack", "deadLetter", "ack", "retry"]);
});

test("messages without a handler are posted to the function's own fetch, in the process", async () => {
  described(["tasks"], { http: { port: 0 } });
  vi.stubEnv("ALIEN_SIGNING_SECRET", "s".repeat(32));
  const bodies: unknown[] = [];
  const worker = pushed(() => ({
    default: {
      fetch: async (request: Request) => {
        bodies.push(await request.json());
        return new Response(undefined, { status: 503 });
      },
    },
  }));
  const tasks = await worker.queue("tasks");
  const [settled] = await tasks.deliver([delivery('{"n":1}')], {});
  expect(bodies).toMatchObject([{ queue: "tasks", payload: { n: 1 }, attempt: 1 }]);
  expect(settled?.outcome).toMatchObject({ kind: "retry", error: { code: "HTTP_503" } });
});

test("a queue without a handler is named, and so is one that does not trigger the function", async () => {
  described(["tasks", "mails"]);
  const worker = pushed(() => onQueueMessage("tasks", () => undefined));
  await expect(worker.queue("mails")).rejects.toMatchObject({
    code: "HANDLER_MISSING",
    message: expect.stringContaining("src/worker.ts registers no handler for it"),
  });
  await expect(worker.queue("bills")).rejects.toMatchObject({
    code: "HANDLER_MISSING",
    message: 'function "worker" is not triggered by queue "bills"',
  });
  expect((await worker.queue("tasks")).binding.queue).toBe("tasks");
});

test("a file that fails is not loaded again", async () => {
  described(["tasks"]);
  let loads = 0;
  const worker = pushed(() => {
    loads++;
    throw new Error("no database");
  });
  await expect(worker.queue("tasks")).rejects.toThrow("no database");
  await expect(worker.queue("tasks")).rejects.toThrow("no database");
  expect(loads).toBe(1);
});

test("without ALIEN_FUNCTION it says who writes it", async () => {
  vi.stubEnv("ALIEN_FUNCTION", undefined);
  await expect(pushed(() => undefined).queue("tasks")).rejects.toMatchObject({
    code: "BINDING_INVALID",
    fix: "Deploy the function again: deploy writes it.",
  });
});

test("failures, log lines and problems are JSON lines on stderr, without payloads", async () => {
  described(["tasks"]);
  const worker = pushed(() =>
    onQueueMessage("tasks", (_message, { log }) => {
      log.info("charging", { account: 7 });
      throw new Error("smtp down");
    }),
  );
  const tasks = await worker.queue("tasks");
  await tasks.deliver([delivery('{"card":"4242"}')], {});
  worker.report(new TypeError("no such source"), "tasks");
  const lines = written.map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { level: "info", message: "charging", fields: { account: 7 }, queue: "tasks", attempt: 1 },
    { level: "warn", message: "smtp down", fields: { outcome: "retry", code: "Error" }, id: "m1" },
    { level: "error", message: "no such source", code: "TypeError", queue: "tasks" },
  ]);
  expect(written.every((line) => line.endsWith("}\n"))).toBe(true);
  expect(written.join("")).not.toContain("4242");
});

test("the function's timeout ends a handler, and its own concurrency holds", async () => {
  described(["tasks"], { timeoutMs: 50 });
  let most = 0;
  let running = 0;
  const worker = pushed(() =>
    onQueueMessage(
      "tasks",
      () => {
        most = Math.max(most, ++running);
        return new Promise(() => undefined);
      },
      { concurrency: 1 },
    ),
  );
  const tasks = await worker.queue("tasks");
  const settled = tasks.deliver([delivery("1"), delivery("2")], {});
  if (!(tasks.clock instanceof VirtualClock)) throw new Error("not the test's clock");
  await tasks.clock.advance(49);
  expect(running).toBe(1);
  running = 0;
  await tasks.clock.advance(51);
  expect((await settled).map(({ outcome }) => outcome.kind)).toEqual(["retry", "retry"]);
  expect(most).toBe(1);
});

test("a runtime without a process has its lines on the console", async () => {
  described(["tasks"]);
  const worker = pushed(() => onQueueMessage("tasks", () => undefined));
  const said = vi.spyOn(console, "error").mockImplementation(() => undefined);
  vi.stubGlobal("process", undefined);
  try {
    worker.report(new Error("no such source"));
  } finally {
    vi.unstubAllGlobals();
  }
  expect(said.mock.calls).toHaveLength(1);
  expect(JSON.parse(String(said.mock.calls[0]?.[0]))).toMatchObject({ message: "no such source" });
});

const asked = new Request("https://worker.example/orders?token=secret", { method: "POST" });

function answering(fetch: (request: Request) => unknown) {
  return pushed(() => ({ default: { fetch } }));
}

test("a function that serves no HTTP answers 404, and is not loaded for it", async () => {
  described(["tasks"]);
  const run = vi.fn();
  const worker = pushed(run);
  expect(worker.servesHttp()).toBe(false);
  expect((await worker.fetch(asked)).status).toBe(404);
  expect(run).not.toHaveBeenCalled();
});

test("a function's own fetch answers beside its queues, and the file is loaded once for both", async () => {
  described(["tasks"], { http: {} });
  let loads = 0;
  const worker = pushed(() => {
    loads++;
    onQueueMessage("tasks", () => undefined);
    return { default: { fetch: ({ url }: Request) => new Response(url, { status: 201 }) } };
  });
  expect(worker.servesHttp()).toBe(true);
  const [answer] = await Promise.all([worker.answer(asked), worker.queue("tasks")]);
  expect([answer.status, new TextDecoder().decode(answer.body)]).toEqual([201, asked.url]);
  expect(loads).toBe(1);
});

test("what fetch throws is told with the path alone, and the one who asked learns only the status", async () => {
  described([], { http: {} });
  const failing = answering(() => {
    throw new RangeError("no database");
  });
  const answer = await failing.fetch(asked);
  expect([answer.status, await answer.text()]).toEqual([500, ""]);
  const unsigned = answering(() => {
    throw new AlienError("SIGNATURE_INVALID", "not signed");
  });
  expect((await unsigned.fetch(asked)).status).toBe(401);
  expect(written.map((line) => JSON.parse(line))).toMatchObject([
    { level: "error", code: "RangeError", message: "no database", method: "POST", path: "/orders" },
    { code: "SIGNATURE_INVALID", path: "/orders" },
  ]);
  expect(written.join("")).not.toContain("secret");
});

test("a body that breaks off is 500 for a host that takes answers whole", async () => {
  described([], { http: {} });
  const broken = new ReadableStream({ pull: (stream) => stream.error(new Error("cut off")) });
  const worker = answering(() => new Response(broken));
  expect(await worker.answer(asked)).toMatchObject({ status: 500, body: new Uint8Array() });
  expect(JSON.parse(written[0] ?? "")).toMatchObject({ message: "cut off", path: "/orders" });
});

test("a file without a fetch is HANDLER_MISSING for each request, and 500", async () => {
  described([], { http: {} });
  expect((await pushed(() => ({})).fetch(asked)).status).toBe(500);
  expect(JSON.parse(written[0] ?? "")).toMatchObject({ code: "HANDLER_MISSING" });
});

test("where the file cannot be loaded that is said, and the process is ended before anything is answered", async () => {
  described(["tasks"], { http: {} });
  const said: string[][] = [];
  const options = { file: "src/worker.ts", restart: () => void said.push([...written]) };
  for (const fails of [["file"], ["queues"]]) {
    const of = (what: string) => async () => {
      if (fails.includes(what)) throw new Error(`no ${what}`);
      return [];
    };
    const worker = pushedFunction(of("file"), { ...options, queues: of("queues") });
    await expect(worker.queue("tasks")).rejects.toThrow(`no ${fails[0]}`);
  }
  expect(said.flat().map((line) => JSON.parse(line).message)).toEqual([
    "no file",
    "no file",
    "no queues",
  ]);
});

test("secrets that could not be read are read again for the next event, before the file is loaded", async () => {
  described(["tasks"]);
  const load = vi.fn(async () => onQueueMessage("tasks", () => undefined));
  const readSecrets = vi
    .fn<() => Promise<Readonly<Record<string, string>>>>()
    .mockRejectedValueOnce(new Error("throttled"))
    .mockResolvedValue({});
  const restart = vi.fn();
  const options = { file: "src/worker.ts", queues: async () => [], readSecrets, restart };
  const worker = pushedFunction(load, options);
  await expect(worker.queue("tasks")).rejects.toThrow("throttled");
  await worker.queue("tasks");
  expect([readSecrets.mock.calls.length, load.mock.calls.length]).toEqual([2, 1]);
  expect(restart).not.toHaveBeenCalled();
});
