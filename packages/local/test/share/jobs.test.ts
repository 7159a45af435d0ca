import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Delivery,
  type Job,
  MessageIds,
  type Outgoing,
  systemClock,
} from "@alienplatform/bindings";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { openLocalQueues } from "../../src/client.ts";
import type { LocalQueues, QueueSpec } from "../../src/engine/port.ts";
import { bundlePeer, Peer } from "./peer.ts";

const MINUTE = 60_000;
const SPEC: QueueSpec = {
  name: "tasks",
  maxAttempts: 5,
  leaseMs: MINUTE,
  retentionMs: 24 * 60 * MINUTE,
  fifo: false,
  resultsMs: 60 * MINUTE,
};

let bundle: string;
let program: string;
let directory: string;

beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), "alien-"));
  program = await bundlePeer(bundle);
});

afterAll(() => rm(bundle, { recursive: true }));

beforeEach(async () => {
  const root = await mkdtemp(join(tmpdir(), "alien-"));
  directory = join(root, "local");
  onTestFinished(() => rm(root, { recursive: true }));
});

/** Another process, which owns the store, and the queues as this one sees them. */
async function start(): Promise<{ readonly owner: Peer; readonly queues: LocalQueues }> {
  const owner = await Peer.start(program, directory);
  onTestFinished(() => owner.kill());
  await owner.call("declare", [SPEC]);
  const queues = openLocalQueues({ directory });
  onTestFinished(() => queues.close());
  return { owner, queues };
}

const ids = new MessageIds(systemClock, Math.random);

function message(more: Partial<Outgoing> = {}): Outgoing {
  return { id: ids.next(), body: "a", headers: { kind: "text" }, sentAt: Date.now(), ...more };
}

const taking = { max: 10, leaseMs: 10 * MINUTE, waitMs: MINUTE };

function acks(deliveries: readonly Delivery[], result?: string) {
  return deliveries.map(({ receipt }) => ({
    receipt,
    outcome: { kind: "ack" as const, ...(result !== undefined && { result }) },
  }));
}

test("what has ended, with its result, is known after the owner was killed", async () => {
  const { owner, queues } = await start();
  const plain = [message(), message()];
  await queues.send("tasks", plain);
  await queues.settle("tasks", acks(await queues.take("tasks", taking)));
  const valued = message();
  const delayed = message({ delayMs: MINUTE });
  const cancelled = message();
  await queues.send("tasks", [valued]);
  await queues.settle("tasks", acks(await queues.take("tasks", taking), "42"));
  await queues.send("tasks", [cancelled, delayed]);
  await queues.call("tasks", "cancelJob", [cancelled.id]);
  await owner.kill();
  const all = [...plain, valued, cancelled, delayed];
  const jobs = await Promise.all(all.map(({ id }) => queues.call("tasks", "job", [id])));
  expect(jobs.map((job) => [job?.status, job?.result])).toEqual([
    ["SUCCEEDED", undefined],
    ["SUCCEEDED", undefined],
    ["SUCCEEDED", "42"],
    ["CANCELLED", undefined],
    ["PENDING", undefined],
  ]);
});

test("a wait for a job goes on with the next owner", async () => {
  const { owner, queues } = await start();
  const sent = message();
  await queues.send("tasks", [sent]);
  const { signal } = new AbortController();
  const ended = queues.call("tasks", "jobEnded", [sent.id], { signal });
  // Its request is there when a later one of the same connection is answered.
  await queues.call("tasks", "stats", []);
  await owner.kill();
  const other = await Peer.start(program, directory);
  onTestFinished(() => other.kill());
  const taken = await other.call<Delivery[]>("take", "tasks", taking);
  await other.call("settle", "tasks", acks(taken, '"done"'));
  expect(await ended).toMatchObject({ id: sent.id, status: "SUCCEEDED", result: '"done"' });
});

test("a requeue that is repeated to the next owner is applied once", async () => {
  const { owner, queues } = await start();
  const sent = message();
  await queues.send("tasks", [sent]);
  const [delivery] = await queues.take("tasks", taking);
  const error = { code: "E", message: "no" };
  await queues.settle("tasks", [
    { receipt: delivery?.receipt ?? "", outcome: { kind: "deadLetter", error } },
  ]);
  expect(await owner.call<Job>("call", "tasks", "job", [sent.id])).toMatchObject({
    status: "DEAD",
  });
  const requeued = queues.call("tasks", "requeueJob", [sent.id]);
  await owner.kill();
  expect(await requeued).toEqual({ ok: true, applied: true });
  expect(await queues.take("tasks", taking)).toMatchObject([{ id: sent.id, attempt: 1 }]);
  expect(await queues.take("tasks", { ...taking, waitMs: 0 })).toEqual([]);
});
