import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type QueueOptions, VirtualClock } from "@alienplatform/bindings";
import { type QueueWorld, queueConformance } from "@alienplatform/bindings/conformance";
import { afterAll, describe, it } from "vitest";
import type { LocalQueues } from "../src/engine/port.ts";
import { LocalQueueOperator } from "../src/operate.ts";
import { LocalQueueDriver } from "../src/queue/driver.ts";
import { specOf } from "../src/queue/spec.ts";
import { Election } from "../src/share/election.ts";
import { SharedQueues } from "../src/share/shared-queues.ts";
import { openEngine } from "./conformance/engine-world.ts";
import { OwnerProcess } from "./conformance/owner-process.ts";

const runner = { describe, it };

queueConformance({
  name: "the engine in memory",
  runner,
  open: async (options) => {
    const { engine, clock } = await openEngine();
    return { ...over(engine, options), clock, close: () => engine.close() };
  },
});

queueConformance({
  name: "LevelDB in one process",
  runner,
  open: async (options) => {
    const directory = await makeDirectory();
    const { engine, clock } = await openEngine(directory);
    const close = async () => {
      await engine.close();
      await rm(directory, { recursive: true });
    };
    return { ...over(engine, options), clock, close };
  },
});

const owner = new OwnerProcess();
afterAll(() => owner.stop());

queueConformance({
  name: "LevelDB over the socket, owned by another process",
  runner,
  open: async (options) => {
    const directory = await makeDirectory();
    const ownersNow = await owner.ask({ kind: "open", directory });
    const virtual = new VirtualClock(ownersNow);
    const first = follow(directory);
    const followers = [first];
    // Whatever was asked has been taken in when a later request of the same connection is answered. Twice,
    // because an answer may let its reader ask on, as a declaration lets a first receive.
    const quiet = async () => {
      for (let time = 0; time < 2; time++) {
        await Promise.all(followers.map((queues) => queues.list()));
        await owner.ask({ kind: "advance", directory, byMs: 0 });
      }
      await Promise.all(followers.map((queues) => queues.list()));
    };
    return {
      ...over(first, options),
      clock: {
        now: () => virtual.now(),
        schedule: (delayMs, run) => virtual.schedule(delayMs, run),
        advance: async (byMs) => {
          await quiet();
          await owner.ask({ kind: "advance", directory, byMs });
          await virtual.advance(byMs);
          await quiet();
        },
      },
      another: async () => {
        const queues = follow(directory);
        followers.push(queues);
        return over(queues, options).driver;
      },
      close: async () => {
        for (const queues of followers) await queues.close();
        await owner.ask({ kind: "close", directory });
        await rm(directory, { recursive: true });
      },
    };
  },
});

/** The world of one queue, but for its time. */
function over(queues: LocalQueues, options: QueueOptions): Omit<QueueWorld, "clock" | "close"> {
  const spec = specOf({ version: 1, platform: "local", queue: "tasks", options, address: {} });
  const { deadLetters: _, ...other } = { ...spec, name: "others" };
  return {
    queue: spec.name,
    driver: new LocalQueueDriver(queues, spec),
    options,
    operator: new LocalQueueOperator(queues, spec),
    sibling: {
      queue: other.name,
      driver: new LocalQueueDriver(queues, other),
      operator: new LocalQueueOperator(queues, other),
    },
  };
}

/** A connection of its own to the owner, as another process would have; it never becomes the owner. */
function follow(directory: string): SharedQueues {
  const election = new Election({
    directory,
    patienceMs: 10_000,
    durability: "process",
    open: async () => undefined,
  });
  return new SharedQueues(election, () => election.leave());
}

function makeDirectory(): Promise<string> {
  return mkdtemp(join(tmpdir(), "alien-conformance-"));
}
