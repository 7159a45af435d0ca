import { type ChildProcess, fork } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { QueueBinding } from "@alienplatform/bindings";
import { queue } from "@alienplatform/sdk";
import type { FunctionMessage } from "@alienplatform/sdk/function";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const entry = fileURLToPath(new URL("./fixtures/entry.ts", import.meta.url));
const trigger = { batchSize: 1, paused: false, whilePaused: "wait", onInvalid: "deadLetter" };

let directory: string;
let child: ChildProcess | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-function-"));
  const binding: QueueBinding = {
    version: 1,
    platform: "local",
    queue: "tasks",
    options: {
      maxAttempts: 5,
      backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
      leaseMs: 30_000,
      retentionMs: 345_600_000,
      idempotency: { conflict: "original" },
    },
    address: { directory },
  };
  vi.stubEnv("ALIEN_TASKS_BINDING", JSON.stringify(binding));
});

afterEach(async () => {
  child?.kill("SIGKILL");
  await (await queue("tasks")).close();
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

/** Starts the fixture as a function, and waits for what it says. */
function start(described: unknown) {
  const process_ = fork(entry, {
    execArgv: ["--conditions=@alienplatform/source", "--import", "tsx"],
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

test("a second signal ends a function that is still draining", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "tasks", ...trigger }] });
  const { id } = await (await queue("tasks")).send({ say: "stuck" });
  await worker.told((message) => message.type === "log" && message.id === id);
  worker.process.kill("SIGTERM");
  // Repeated, since only the process itself knows when it has seen the first.
  const again = setInterval(() => worker.process.kill("SIGTERM"), 50);
  expect(await worker.exited).toBe("SIGTERM");
  clearInterval(again);
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

test("a trigger without a handler names the queue and the file", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "mails", ...trigger }] });
  expect(await worker.told(({ type }) => type === "error")).toMatchObject({
    code: "HANDLER_MISSING",
    message:
      'function "worker" is triggered by queue "mails"; worker.ts registers no handler for it',
  });
  expect(await worker.exited).toBe(1);
});

test("a function drains when its parent goes away", async () => {
  const worker = start({ id: "worker", triggers: [{ queue: "tasks", ...trigger }] });
  await worker.told(({ type }) => type === "ready");
  worker.process.disconnect();
  expect(await worker.exited).toBe(0);
});
