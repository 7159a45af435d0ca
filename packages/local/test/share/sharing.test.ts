import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Delivery, type Outgoing, QueueClient } from "@alienplatform/bindings";
import { AlienError, Queue } from "@alienplatform/core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { openLocalQueues } from "../../src/client.ts";
import type { LocalQueues, QueueSpec } from "../../src/engine/port.ts";
import { LocalQueueDriver } from "../../src/queue/driver.ts";
import { localBinding } from "../../src/queue/spec.ts";
import { holdPatience, impatiently } from "./patience.ts";
import { bundlePeer, Peer } from "./peer.ts";

const SPEC: QueueSpec = {
  name: "tasks",
  maxAttempts: 5,
  leaseMs: 30_000,
  retentionMs: 86_400_000,
  fifo: false,
};
const MINUTE = 60_000;

let bundle: string;
let program: string;
let root: string;
let directory: string;
const peers: Peer[] = [];
const opened: LocalQueues[] = [];

beforeAll(async () => {
  bundle = await mkdtemp(join(tmpdir(), "alien-"));
  program = await bundlePeer(bundle);
});

afterAll(() => rm(bundle, { recursive: true }));

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "alien-"));
  directory = join(root, "local");
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.useRealTimers();
  await Promise.all(opened.splice(0).map((queues) => queues.close()));
  await Promise.all(peers.splice(0).map((peer) => peer.kill()));
  await rm(root, { recursive: true });
});

/** In this process; whether it owns the store depends on who used it first. */
function here(): LocalQueues {
  const queues = openLocalQueues({ directory });
  opened.push(queues);
  return queues;
}

/** The same, whose patience with an owner ends in `impatiently` and not before. */
function patientHere(): LocalQueues {
  holdPatience();
  return here();
}

async function startPeer(): Promise<Peer> {
  const peer = await Peer.start(program, directory);
  peers.push(peer);
  return peer;
}

/** A process that owns the store, and the queue in it. */
async function startOwner(): Promise<Peer> {
  const owner = await startPeer();
  await owner.call("declare", [SPEC]);
  return owner;
}

let ids = 0;

function message(body: string): Outgoing {
  const id = (++ids).toString(32).padStart(26, "0");
  return { id, body, headers: { kind: "text" }, sentAt: Date.now() };
}

function taking(max: number, waitMs = MINUTE) {
  return { max, leaseMs: 10 * MINUTE, waitMs };
}

function acks(deliveries: readonly Delivery[]) {
  return deliveries.map(({ receipt }) => ({ receipt, outcome: { kind: "ack" } as const }));
}

/** Takes and acks until `count` messages have come. */
async function drain(queues: LocalQueues, count: number): Promise<Delivery[]> {
  const all: Delivery[] = [];
  while (all.length < count) {
    const deliveries = await queues.take("tasks", taking(100));
    await queues.settle("tasks", acks(deliveries));
    all.push(...deliveries);
  }
  return all;
}

function bodiesOf(deliveries: readonly Delivery[]): unknown[] {
  return deliveries.map(({ body }) => body).sort();
}

const hundred = Array.from({ length: 100 }, (_, index) => `m${String(index).padStart(3, "0")}`);

describe("processes that share a data directory", () => {
  it("have one queue: what one sends another takes, and a third settles", async () => {
    const owner = await startOwner();
    const follower = await startPeer();
    const waiting = here().take("tasks", taking(10));
    await follower.call("send", "tasks", [message("hello")]);
    const taken = await waiting;
    expect(taken).toMatchObject([{ body: "hello", headers: { kind: "text" }, attempt: 1 }]);
    expect(await owner.call("settle", "tasks", acks(taken))).toEqual([{ ok: true, applied: true }]);
    expect(await follower.call("call", "tasks", "stats", [])).toMatchObject({
      ready: 0,
      inFlight: 0,
    });
  });

  it("get a refusal of one dead letter as the error that it is", async () => {
    const owner = await startOwner();
    await owner.call("declare", [{ ...SPEC, name: "ordered", fifo: true }]);
    const queues = here();
    const [refused] = await queues.call("tasks", "redrive", [["any"], { to: "ordered" }]);
    const error = refused?.ok === false ? refused.error : undefined;
    expect(error).toBeInstanceOf(AlienError);
    expect(error).toMatchObject({ code: "UNSUPPORTED", fix: "Name a queue that is not FIFO." });
  });

  it("may all start at once", async () => {
    const starting = await Promise.all([startPeer(), startPeer(), startPeer()]);
    await Promise.all(starting.map((peer) => peer.call("declare", [SPEC])));
    await Promise.all(
      hundred.map((body, index) => starting[index % 3]?.call("send", "tasks", [message(body)])),
    );
    expect(bodiesOf(await drain(here(), 100))).toEqual(hundred);
  });

  it("keep the directory and the socket to their user", async () => {
    await here().declare([SPEC]);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    expect((await stat(join(directory, "socket"))).mode & 0o777).toBe(0o600);
  });

  it("leave a directory that was there as it is, and keep what they put into it to their user", async () => {
    await mkdir(directory, { mode: 0o755 });
    await mkdir(join(directory, "store"), { mode: 0o755 });
    await here().declare([SPEC]);
    const modes = await Promise.all(
      [".", "store", "socket", "commits"].map(async (name) => [
        name,
        (await stat(join(directory, name))).mode & 0o777,
      ]),
    );
    expect(modes).toEqual([
      [".", 0o755],
      ["store", 0o700],
      ["socket", 0o600],
      ["commits", 0o600],
    ]);
  });

  it("find each other in a directory whose name no socket can have", async () => {
    directory = join(root, "long".repeat(30), "local");
    // Where the socket is then; it goes with the rest.
    vi.stubEnv("TMPDIR", root);
    await startOwner();
    const queues = here();
    await queues.send("tasks", [message("far")]);
    expect(bodiesOf(await drain(queues, 1))).toEqual(["far"]);
  });

  it("find each other where no socket can be among the temporary files either", async () => {
    directory = join(root, "long".repeat(30), "local");
    const temporary = join(root, "temporary".repeat(12));
    await mkdir(temporary);
    vi.stubEnv("TMPDIR", temporary);
    // The owner is the one that ends in good order and takes its socket along.
    const queues = here();
    await queues.declare([SPEC]);
    const follower = await startPeer();
    await follower.call("send", "tasks", [message("far")]);
    expect(bodiesOf(await drain(queues, 1))).toEqual(["far"]);
  });

  it("hear of a queue that nobody declared", async () => {
    await startOwner();
    await expect(here().send("other", [message("1")])).rejects.toMatchObject({
      code: "UNKNOWN_QUEUE",
    });
  });
});

describe("when the owner is killed", () => {
  it("the others go on: nothing is lost and nothing comes twice", async () => {
    const owner = await startOwner();
    const queues = here();
    const other = await startPeer();
    await other.call("call", "tasks", "stats", []);
    const sent: Promise<unknown>[] = [];
    const received: Delivery[] = [];
    for (let round = 0; round < 40; round++) {
      sent.push(
        queues.send("tasks", [message(`here ${round}`)]),
        other.call("send", "tasks", [message(`there ${round}`)]),
      );
      if (round === 20) owner.signal("SIGKILL");
      const deliveries = await queues.take("tasks", taking(3));
      received.push(...deliveries);
      await queues.settle("tasks", acks(deliveries));
    }
    await Promise.all(sent);
    received.push(...(await drain(queues, 80 - received.length)));
    const expected = Array.from({ length: 40 }, (_, round) => [`here ${round}`, `there ${round}`]);
    expect(bodiesOf(received)).toEqual(expected.flat().sort());
    expect(received.every(({ attempt }) => attempt === 1)).toBe(true);
    expect(await queues.call("tasks", "stats", [])).toMatchObject({ ready: 0, inFlight: 0 });
  });

  it("what it had on loan itself is ready again, and what others have stays theirs", async () => {
    const owner = await startOwner();
    const queues = here();
    await queues.send("tasks", [message("its"), message("ours")]);
    const [its] = await owner.call<Delivery[]>("take", "tasks", taking(1));
    const ours = await queues.take("tasks", taking(1));
    await owner.kill();
    expect(await queues.take("tasks", taking(10))).toMatchObject([{ body: its?.body, attempt: 2 }]);
    expect(await queues.settle("tasks", acks(ours))).toEqual([{ ok: true, applied: true }]);
  });

  it("the idempotency keys that it took are known to the next", async () => {
    const owner = await startOwner();
    const follower = await startPeer();
    const keyed = (body: string, idempotencyKey: string) => ({ ...message(body), idempotencyKey });
    const first = keyed("owner", "a");
    const second = keyed("follower", "b");
    await owner.call("send", "tasks", [first]);
    await follower.call("send", "tasks", [second]);
    await owner.kill();
    expect(await here().send("tasks", [keyed("again", "a"), keyed("again", "b")])).toEqual([
      { ok: true, id: first.id, deduplicated: true },
      { ok: true, id: second.id, deduplicated: true },
    ]);
    expect(bodiesOf(await drain(here(), 2))).toEqual(["follower", "owner"]);
  });

  it("a process that is stopped meanwhile keeps what it has on loan", async () => {
    const owner = await startOwner();
    const stopped = await startPeer();
    const queues = here();
    await queues.send("tasks", [message("its"), message("theirs")]);
    await owner.call("take", "tasks", taking(1));
    const theirs = await stopped.call<Delivery[]>("take", "tasks", taking(1));
    stopped.signal("SIGSTOP");
    await owner.kill();
    // What the dead one had is back, so the time to come back is over for the other too.
    expect(await queues.take("tasks", taking(10))).toMatchObject([{ body: "its", attempt: 2 }]);
    expect(await queues.take("tasks", taking(10, 0))).toEqual([]);
    stopped.signal("SIGCONT");
    expect(await stopped.call("settle", "tasks", acks(theirs))).toEqual([
      { ok: true, applied: true },
    ]);
  });

  it("the socket file that it left behind is in nobody's way", async () => {
    const owner = await startOwner();
    await owner.kill();
    expect((await stat(join(directory, "socket"))).isSocket()).toBe(true);
    await here().send("tasks", [message("after")]);
    const third = await startPeer();
    expect(await third.call("call", "tasks", "stats", [])).toMatchObject({ ready: 1 });
  });

  it("a wait begun with it goes on with the next", async () => {
    const owner = await startOwner();
    const queues = here();
    const waiting = queues.take("tasks", taking(1));
    await queues.call("tasks", "stats", []);
    await owner.kill();
    const other = await startPeer();
    await other.call("send", "tasks", [message("late")]);
    expect(await waiting).toMatchObject([{ body: "late" }]);
  });
});

describe("when the owner comes to its end", () => {
  it("it hands over: waits go on, receipts stay good", async () => {
    const owner = await startOwner();
    const queues = here();
    await queues.send("tasks", [message("first")]);
    const taken = await owner.call<Delivery[]>("take", "tasks", taking(1));
    const waiting = queues.take("tasks", taking(1));
    expect(await owner.finish()).toBe(0);
    await queues.send("tasks", [message("second")]);
    expect(await waiting).toMatchObject([{ body: "second" }]);
    expect(await queues.settle("tasks", acks(taken))).toEqual([{ ok: true, applied: true }]);
  });

  it("its own waits answer that there is nothing", async () => {
    const queues = here();
    await queues.declare([SPEC]);
    const waiting = queues.take("tasks", taking(1));
    await queues.call("tasks", "stats", []);
    await queues.close();
    expect(await waiting).toEqual([]);
    await expect(queues.call("tasks", "stats", [])).rejects.toMatchObject({ code: "CLOSED" });
  });
});

describe("when another process comes to its end", () => {
  it("in good order, anybody settles with its receipts", async () => {
    const queues = here();
    await queues.declare([SPEC]);
    await queues.send("tasks", [message("1")]);
    const consumer = await startPeer();
    const taken = await consumer.call<Delivery[]>("take", "tasks", taking(1));
    expect(await consumer.finish()).toBe(0);
    expect(await queues.settle("tasks", acks(taken))).toEqual([{ ok: true, applied: true }]);
  });

  it("by a crash, what it had on loan is ready at once", async () => {
    const queues = here();
    await queues.declare([SPEC]);
    await queues.send("tasks", [message("1")]);
    const consumer = await startPeer();
    await consumer.call("take", "tasks", taking(1));
    const waiting = queues.take("tasks", taking(1));
    await consumer.kill();
    expect(await waiting).toMatchObject([{ body: "1", attempt: 2 }]);
  });
});

describe("when the owner is stopped", () => {
  it("requests fail with a fix that names the directory, and work again when it goes on", async () => {
    const owner = await startOwner();
    const queues = patientHere();
    await queues.send("tasks", [message("before")]);
    owner.signal("SIGSTOP");
    const failed = await impatiently(
      Promise.allSettled([
        queues.send("tasks", [message("during")]),
        queues.take("tasks", taking(1)),
      ]),
    );
    const fix = expect.stringContaining(directory);
    const lost = (retryable: boolean) => ({
      status: "rejected",
      reason: expect.objectContaining({ code: "OWNER_LOST", retryable, fix }),
    });
    expect(failed).toEqual([lost(false), lost(true)]);
    owner.signal("SIGCONT");
    expect(bodiesOf(await drain(queues, 2))).toEqual(["before", "during"]);
  });

  it("a client does not repeat a send that may be stored when the owner goes on", async () => {
    const owner = await startOwner();
    const queues = patientHere();
    const { options } = localBinding(new Queue("tasks").build(), directory);
    const client = new QueueClient(new LocalQueueDriver(queues, SPEC), { queue: "tasks", options });
    await client.send("tasks", "before");
    owner.signal("SIGSTOP");
    await expect(impatiently(client.send("tasks", "during"))).rejects.toMatchObject({
      code: "OWNER_LOST",
      message: expect.stringContaining("may or may not have been stored"),
    });
    owner.signal("SIGCONT");
    await client.send("tasks", "after");
    expect(bodiesOf(await drain(queues, 3))).toEqual(["after", "before", "during"]);
    expect(await queues.call("tasks", "stats", [])).toMatchObject({ ready: 0, inFlight: 0 });
  });
});

it("a socket file that somebody deletes comes back, and connections live on without it", async () => {
  await startOwner();
  const queues = here();
  await queues.send("tasks", [message("1")]);
  await rm(join(directory, "socket"));
  expect(await queues.call("tasks", "stats", [])).toMatchObject({ ready: 1 });
  const late = await startPeer();
  expect(await late.call("call", "tasks", "stats", [])).toMatchObject({ ready: 1 });
  expect((await stat(join(directory, "socket"))).mode & 0o777).toBe(0o600);
});

it("a file in the socket's place is replaced by whoever holds the lock", async () => {
  const queues = here();
  await queues.declare([SPEC]);
  await queues.close();
  await writeFile(join(directory, "socket"), "");
  await here().send("tasks", [message("1")]);
  const other = await startPeer();
  expect(await other.call("call", "tasks", "stats", [])).toMatchObject({ ready: 1 });
});
