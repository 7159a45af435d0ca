import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { QueueBinding } from "@alienplatform/bindings";
import { queue } from "@alienplatform/sdk";
import type { FunctionMessage } from "@alienplatform/sdk/function";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FROM_SOURCE } from "../../../test/from-source.ts";

const fixture = (file: string) => fileURLToPath(new URL(`./fixtures/${file}`, import.meta.url));
const trigger = { batchSize: 1, paused: false, whilePaused: "wait", onInvalid: "deadLetter" };

let directory: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-function-"));
  vi.stubEnv("ALIEN_TASKS_BINDING", JSON.stringify(bindingOf("tasks")));
});

function bindingOf(name: string): QueueBinding {
  return {
    version: 1,
    platform: "local",
    queue: name,
    options: {
      maxAttempts: 5,
      backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
      leaseMs: 30_000,
      retentionMs: 345_600_000,
      idempotency: { conflict: "original" },
    },
    address: { directory },
  };
}

afterEach(async () => {
  // It may own the store: it must be gone before its directory goes.
  if (child !== undefined && child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await (await queue("tasks")).close();
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

/** Starts the fixture as a function, and waits for what it says. */
function start(described: unknown, file = "entry.ts") {
  const process_ = fork(fixture(file), {
    execArgv: [...FROM_SOURCE],
    env: { ...process.env, ALIEN_FUNCTION: JSON.stringify(described) },
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  child = process_;
  const messages: FunctionMessage[] = [];
  const waiting = new Set<() => void>();
  process_.on("message", (message: FunctionMessage) => {
    messages.push(message);
    for (const look of waiting) look();
  });
  const exited = new Promise<number | string>((resolve) => {
    process_.once("exit", (code, signal) => resolve(signal ?? code ?? 1));
  });
  const told = (test: (message: FunctionMessage) => boolean) =>
    new Promise<FunctionMessage>((resolve) => {
      const look = () => {
        const found = messages.find(test);
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { process: process_, messages, exited, told };
}

test("a function handles its triggers, reports each delivery, and drains on SIGTERM", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "tasks", ...trigger }] });
  expect(await worker.told(({ type }) => type === "ready")).toEqual({
    type: "ready",
    queues: ["tasks"],
  });
  const tasks = await queue("tasks");
  const { id } = await tasks.send({ say: "hello" });
  const poison = await tasks.send({ say: "poison" });
  const isOf = (wanted: string) => (message: FunctionMessage) =>
    message.type === "delivery" && message.id === wanted;
  expect(await worker.told(isOf(id))).toMatchObject({ queue: "tasks", attempt: 1, outcome: "ack" });
  expect(await worker.told(isOf(poison.id))).toMatchObject({
    outcome: "deadLetter",
    error: { message: "it is poison" },
  });
  expect(worker.messages).toContainEqual(
    expect.objectContaining({ type: "log", level: "info", message: "got hello", id }),
  );
  worker.process.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
});

test("a function with several triggers runs the handler of each queue, and the fallback for the rest", async () => {
  const names = ["tasks", "mails", "bills"];
  for (const name of names) {
    vi.stubEnv(`ALIEN_${name.toUpperCase()}_BINDING`, JSON.stringify(bindingOf(name)));
  }
  const triggers = names.map((name) => ({ queue: name, ...trigger }));
  const worker = start({ id: "worker", triggers }, "several-entry.ts");
  expect(await worker.told(({ type }) => type === "ready")).toMatchObject({ queues: names });
  const logged: unknown[] = [];
  for (const name of names) {
    const one = await queue(name);
    const { id } = await one.send({ n: 1 });
    const line = await worker.told((message) => message.type === "log" && message.id === id);
    logged.push(line.type === "log" && line.message);
    await one.close();
  }
  expect(logged).toEqual(["tasks has its own", "mails has the fallback", "bills has the fallback"]);
  worker.process.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
});

test("a second signal ends a function that is still draining", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "tasks", ...trigger }] });
  const { id } = await (await queue("tasks")).send({ say: "stuck" });
  await worker.told((message) => message.type === "log" && message.id === id);
  worker.process.kill("SIGTERM");
  // Repeated, since only the process itself knows when it has seen the first.
  const again = setInterval(() => worker.process.kill("SIGTERM"), 50);
  const ended = await worker.exited;
  clearInterval(again);
  expect(ended).toBe("SIGTERM");
});

test("a function that was told to end says when it takes nothing more", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "tasks", ...trigger }] });
  const tasks = await queue("tasks");
  const stuck = await tasks.send({ say: "stuck" });
  await worker.told((message) => message.type === "log" && message.id === stuck.id);
  worker.process.kill("SIGTERM");
  await worker.told(({ type }) => type === "draining");
  const { id } = await tasks.send({ say: "hello" });
  // It still runs, and is not who gets this.
  expect(await tasks.receive("tasks", 1, { wait: "10s" })).toMatchObject([{ id, attempt: 1 }]);
  expect(worker.process.exitCode).toBe(null);
});

test("a function with http answers in the same process", async () => {
  const worker = start({ id: "worker", triggers: [], http: { port: 0 } });
  const ready = await worker.told(({ type }) => type === "ready");
  const port = ready.type === "ready" ? ready.port : undefined;
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: "x" });
  expect(await answer.text()).toBe("POST answered");
  worker.process.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
});

test("what fetch throws is told, and answered 500, or 401 where a request is not signed", async () => {
  const worker = start({ id: "worker", triggers: [], http: { port: 0 } });
  const ready = await worker.told(({ type }) => type === "ready");
  const url = `http://127.0.0.1:${ready.type === "ready" ? ready.port : undefined}/`;
  expect((await fetch(url, { method: "PUT" })).status).toBe(500);
  expect(await worker.told(({ type }) => type === "error")).toMatchObject({
    code: "RangeError",
    message: "out of paper",
    stack: expect.stringContaining("worker.ts"),
  });
  const unsigned = await fetch(url, { method: "PATCH", body: "x" });
  expect([unsigned.status, await unsigned.text()]).toEqual([401, ""]);
  await worker.told((message) => message.type === "error" && message.code === "SIGNATURE_INVALID");
  worker.process.kill("SIGTERM");
  expect(await worker.exited).toBe(0);
});

test("a trigger without a handler names the queue and the file", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "mails", ...trigger }] });
  expect(await worker.told(({ type }) => type === "error")).toMatchObject({
    code: "HANDLER_MISSING",
    message:
      'function "worker" is triggered by queue "mails"; worker.ts registers no handler for it',
  });
  expect(await worker.exited).toBe(1);
});

test("a queue that a handler is registered for is not posted, though the function serves HTTP", async () => {
  const worker = start({
    id: "worker",
    triggers: [{ queue: "tasks", ...trigger }],
    http: { port: 0 },
  });
  await worker.told(({ type }) => type === "ready");
  const { id } = await (await queue("tasks")).send({ say: "hello" });
  const log = await worker.told((message) => message.type === "log" && message.id === id);
  expect(log).toMatchObject({ message: "got hello" });
});

test("without the secret nothing is posted: the function says what is missing", async () => {
  vi.stubEnv("ALIEN_SIGNING_SECRET", "");
  const described = { triggers: [{ queue: "invoices", ...trigger }] };
  for (const kind of [{ http: { port: 0 } }, { endpoint: { url: "http://localhost:1/" } }]) {
    const worker = start({ id: "web", ...described, ...kind });
    expect(await worker.told(({ type }) => type === "error")).toMatchObject({
      code: "SECRET_MISSING",
      message: "ALIEN_SIGNING_SECRET is not in the environment of this process",
    });
    expect(await worker.exited).toBe(1);
  }
});

test("a handler under a mistyped name is missing, also where the function serves HTTP", async () => {
  const http = { port: 0 };
  const worker = start({ id: "worker", triggers: [{ queue: "task", ...trigger }], http });
  expect(await worker.told(({ type }) => type === "error")).toMatchObject({
    code: "HANDLER_MISSING",
    message:
      'function "worker" is triggered by queue "task"; worker.ts registers no handler for it, but one for "tasks"',
  });
  expect(await worker.exited).toBe(1);
});

test("a function drains when its parent goes away", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "tasks", ...trigger }] });
  await worker.told(({ type }) => type === "ready");
  worker.process.disconnect();
  expect(await worker.exited).toBe(0);
});
