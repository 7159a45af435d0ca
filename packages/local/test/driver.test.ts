import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type QueueOptions, systemClock, VirtualClock } from "@alienplatform/bindings";
import { queueConformance, type WorldClock } from "@alienplatform/bindings/conformance";
import { afterAll, beforeAll, describe, it } from "vitest";
import { openLocalQueues } from "../src/client.ts";
import type { LocalQueues, QueueSpec } from "../src/engine/port.ts";
import { openStore } from "../src/open-store.ts";
import { LocalQueueOperator } from "../src/operate.ts";
import { LocalQueueDriver } from "../src/queue/driver.ts";
import { specOf } from "../src/queue/spec.ts";
import { Election } from "../src/share/election.ts";
import { SharedQueues } from "../src/share/shared-queues.ts";
import { Peer } from "./share/peer.ts";

let root: string;
let owner: Peer;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "alien-"));
  owner = await Peer.start(join(root, "theirs"), { virtualClock: true });
  await owner.call("list");
});

afterAll(async () => {
  await owner.kill();
  await rm(root, { recursive: true });
});

let worlds = 0;

function specFor(options: QueueOptions): QueueSpec {
  const queue = `queue-${++worlds}`;
  return specOf({ version: 1, platform: "local", queue, options, address: {} });
}

/** Another connection, as if from another process. */
function connection(directory: string): LocalQueues {
  const election = new Election({
    directory,
    patienceMs: 10_000,
    open: () => openStore({ directory, clock: systemClock, durability: "power" }),
  });
  return new SharedQueues(election, () => election.leave());
}

interface Place {
  readonly directory: string;
  readonly queues: LocalQueues;
  readonly clock: VirtualClock;
  /** Moves the time of whoever owns the store. */
  advance(byMs: number): Promise<unknown>;
}

/** Time passes when what is under way has happened, and once more for what that has set going. */
function worldClock({ queues, clock, advance }: Place, spec: QueueSpec): WorldClock {
  /** A declaration is answered when everything before it is on the disk; a step may follow from the last. */
  const settle = async () => {
    for (let step = 0; step < 4; step++) {
      await new Promise(setImmediate);
      await queues.declare([spec]);
    }
  };
  return {
    now: () => clock.now(),
    schedule: (delayMs, run) => clock.schedule(delayMs, run),
    async advance(byMs) {
      await settle();
      await advance(byMs);
      await settle();
      await advance(0);
      await settle();
    },
  };
}

function worldIn(place: Place, options: QueueOptions) {
  const spec = specFor(options);
  const { directory, queues } = place;
  const operator = new LocalQueueOperator(openLocalQueues({ directory }), spec.name);
  const driver = new LocalQueueDriver(openLocalQueues({ directory }), spec);
  return {
    queue: spec.name,
    options,
    operator,
    driver,
    clock: worldClock(place, spec),
    another: async () => new LocalQueueDriver(connection(directory), spec),
    close: async () => {
      await Promise.all([driver.close(), operator.close(), queues.close()]);
    },
  };
}

queueConformance({
  name: "the local queue in the process that owns it",
  runner: { describe, it },
  open: async (options) => {
    const clock = new VirtualClock();
    const directory = join(root, `ours-${worlds}`);
    const queues = openLocalQueues({ directory, clock, durability: "process" });
    await queues.list();
    const advance = (byMs: number) => clock.advance(byMs);
    return worldIn({ directory, queues, clock, advance }, options);
  },
});

queueConformance({
  name: "the local queue of another process",
  runner: { describe, it },
  open: async (options) => {
    const directory = join(root, "theirs");
    // Both clocks stand still, at the same time, and are moved together.
    const clock = new VirtualClock(await owner.call<number>("advance", 0));
    const advance = async (byMs: number) => {
      await Promise.all([clock.advance(byMs), owner.call("advance", byMs)]);
    };
    return worldIn({ directory, queues: openLocalQueues({ directory }), clock, advance }, options);
  },
});
