import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { QueueBinding } from "@alienplatform/bindings";
import { queue } from "@alienplatform/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FROM_SOURCE } from "../../../test/from-source.ts";

let directory: string;
let child: ChildProcess;
let said: unknown[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-own-process-"));
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
  child = fork(fileURLToPath(new URL("./fixtures/own-process.ts", import.meta.url)), {
    execArgv: [...FROM_SOURCE],
  });
  said = [];
  child.on("message", (message) => said.push(message));
});

afterEach(async () => {
  // It may own the store: it must be gone before its directory goes.
  if (child.exitCode === null && child.signalCode === null) {
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await (await queue("tasks")).close();
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

async function isSaid(text: string): Promise<void> {
  while (!said.includes(text)) await once(child, "message");
}

async function sendAndStart(): Promise<string> {
  const { id } = await (await queue("tasks")).send({ n: 1 });
  await isSaid(`started ${id}`);
  return id;
}

test("consume() lets handlers finish on SIGTERM, and the process ends with 0", async () => {
  const id = await sendAndStart();
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  await isSaid("stopping");
  // It takes no more: what is sent now is for others.
  const tasks = await queue("tasks");
  await tasks.send({ n: 2 });
  const [other] = await tasks.receive(1, { wait: "20s" });
  expect(other).toMatchObject({ payload: { n: 2 }, attempt: 1 });
  child.send("go on");
  expect(await exited).toEqual([0, null]);
  expect(said).toEqual([`started ${id}`, "stopping", `finished ${id}`, "consumed"]);
  // It was acknowledged, not given back.
  expect(await tasks.receive()).toEqual([]);
});

test("a second signal ends a process at once that consume() is still draining", async () => {
  await sendAndStart();
  const exited = once(child, "exit");
  child.kill("SIGTERM");
  // Repeated, since only the process itself knows when it has seen the first.
  const again = setInterval(() => child.kill("SIGTERM"), 50);
  const ended = await exited;
  clearInterval(again);
  expect(ended).toEqual([null, "SIGTERM"]);
  // What it was at is ready again at once, the attempt counted.
  const tasks = await queue("tasks");
  const [message] = await tasks.receive(1, { wait: "20s" });
  expect(message).toMatchObject({ payload: { n: 1 }, attempt: 2 });
});
