import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, onTestFinished } from "vitest";
import { FROM_SOURCE } from "../../../../test/from-source.ts";
import { openLocalQueues } from "../../src/client.ts";
import type { LocalQueues, QueueSpec } from "../../src/engine/port.ts";
import { LocalQueueDriver } from "../../src/queue/driver.ts";
import { bundlePeer, Peer } from "./peer.ts";

const SPEC: QueueSpec = {
  name: "tasks",
  maxAttempts: 5,
  leaseMs: 30_000,
  retentionMs: 86_400_000,
  fifo: false,
};

let bundle: string;
let program: string;
let directory: string;
let queues: LocalQueues | undefined;
const peers: Peer[] = [];

beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), "alien-"));
  program = await bundlePeer(bundle);
});

afterAll(() => rm(bundle, { recursive: true }));

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-"));
});

afterEach(async () => {
  await queues?.close();
  await Promise.all(peers.splice(0).map((peer) => peer.kill()));
  await rm(directory, { recursive: true });
});

async function startPeer(): Promise<Peer> {
  const peer = await Peer.start(program, directory);
  peers.push(peer);
  return peer;
}

/** A receiver with handlers, and the news that it is told, one after the other. */
async function watching(driver: LocalQueueDriver) {
  const told: boolean[] = [];
  let wake: () => void = () => undefined;
  const receiver = await driver.open({
    credit: 1,
    handlers: 1,
    leaseMs: 30_000,
    onPause: (paused) => {
      told.push(paused);
      wake();
    },
  });
  const next = async () => {
    while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return told.shift();
  };
  return { receiver, told, next };
}

it("a consumer hears of pauses across deaths of owners, also when it becomes the owner itself", async () => {
  const first = await startPeer();
  await first.call("declare", [SPEC]);
  queues = openLocalQueues({ directory });
  const { receiver, next } = await watching(new LocalQueueDriver(queues, SPEC));
  const other = await startPeer();
  await other.call("call", "tasks", "pause", [{ reason: "maintenance" }]);
  expect(await next()).toBe(true);

  // The pause outlives the owner that took it, whoever of the two comes next.
  await first.kill();
  const control = await other.call("call", "tasks", "control", []);
  expect(control).toMatchObject({ pause: { reason: "maintenance" } });
  expect(await receiver.take(1, 0)).toEqual([]);
  await other.call("call", "tasks", "resume", []);
  expect(await next()).toBe(false);

  await other.kill();
  expect(await queues.call("tasks", "control", [])).not.toHaveProperty("pause");
  await queues.call("tasks", "pause", [{ reason: "again" }]);
  expect(await next()).toBe(true);
  await receiver.close();
});

it("closing a receiver ends its watch at once, at the owner too", async () => {
  const owner = await startPeer();
  await owner.call("declare", [SPEC]);
  queues = openLocalQueues({ directory });
  const { receiver, told } = await watching(new LocalQueueDriver(queues, SPEC));
  await receiver.close();
  await owner.call("call", "tasks", "pause", [{ reason: "maintenance" }]);
  await queues.call("tasks", "control", []);
  expect(told).toEqual([]);
});

it("a program that watches and has nothing else to do ends by itself", async () => {
  const script = fileURLToPath(new URL("watching-script.ts", import.meta.url));
  const child = fork(script, [directory], {
    execArgv: [...FROM_SOURCE],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  child.disconnect();
  const [code] = await once(child, "exit");
  expect(code).toBe(0);
});
