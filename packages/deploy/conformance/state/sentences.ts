import assert from "node:assert/strict";
import { AlienError } from "@alienplatform/core";
import { readState, type StateStore, unlock } from "../../src/index.ts";
import { StateSession } from "../../src/state/state-session.ts";
import { fastClock } from "../fast-clock.ts";
import type { StateStoreWorld } from "./world.ts";

/** One sentence of what every store of states has to do, and how to see that it does. */
export interface StateStoreCase {
  /** The sentence; also the key of an exception. */
  readonly name: string;
  /** Why it does not apply, in a reader's words; undefined where it does. */
  whyNot?(world: StateStoreWorld): string | undefined;
  run(world: StateStoreWorld): Promise<void>;
}

/** A signal of its own for each call: some clients keep their listeners. */
const never = () => new AbortController().signal;
const WRITERS = 8;

/** What the lock and the fence of a state stand on. */
export const stateStoreCases: readonly StateStoreCase[] = [
  {
    name: "there is nothing at first, and then what was written, for everybody",
    async run(world) {
      const [one, other] = [world.open(), world.open()];
      assert.equal(await other.read(never()), undefined);
      const version = await one.write("first", undefined, never());
      assert.ok(version !== undefined);
      assert.deepEqual(await one.read(never()), { text: "first", version });
      assert.deepEqual(await other.read(never()), { text: "first", version });
    },
  },
  {
    name: "a write replaces the version that it names, and no other",
    async run(world) {
      const store = world.open();
      const first = await store.write("first", undefined, never());
      const second = await store.write("second", first, never());
      assert.ok(second !== undefined && second !== first);
      assert.equal(await world.open().write("late", first, never()), undefined);
      assert.deepEqual(await store.read(never()), { text: "second", version: second });
    },
  },
  {
    name: "a write that is to be the first is none where there is something",
    async run(world) {
      const version = await world.open().write("first", undefined, never());
      assert.equal(await world.open().write("also first", undefined, never()), undefined);
      assert.deepEqual(await world.open().read(never()), { text: "first", version });
    },
  },
  {
    name: "what is gone cannot be replaced",
    async run(world) {
      const store = world.open();
      const version = await store.write("first", undefined, never());
      await world.remove();
      assert.equal(await store.write("second", version, never()), undefined);
      assert.equal(await store.read(never()), undefined);
    },
  },
  {
    name: "one of many that write at once wins, the first time and later",
    async run(world) {
      const first = await race(world, undefined);
      await race(world, first);
    },
  },
  {
    name: "a text comes back to the byte, whatever its letters and its size",
    async run(world) {
      const store = world.open();
      const text = `${"Grüße, 你好, 👽\u0000\u2028\r\n".repeat(60_000)}\n`;
      const version = await store.write(text, undefined, never());
      assert.equal((await world.open().read(never()))?.text, text);
      assert.ok((await store.write("", version, never())) !== undefined);
      assert.equal((await world.open().read(never()))?.text, "");
    },
  },
  {
    name: "a write whose answer is lost fails in passing, and is not repeated by the store",
    whyNot: withoutLoss,
    async run(world) {
      world.loseAnswer?.();
      await assert.rejects(world.open().write("first", undefined, never()), isPassing);
      assert.equal((await world.open().read(never()))?.text, "first");
      assert.equal(await world.open().write("again", undefined, never()), undefined);
    },
  },
  {
    name: "a session finds out what became of a write whose answer is lost",
    whyNot: withoutLoss,
    async run(world) {
      world.loseAnswer?.();
      const session = await lock(world, "ann");
      world.loseAnswer?.();
      await session.change((state) => ({ ...state, bindings: { tasks: "written" } }));
      world.loseAnswer?.();
      await session.release();
      const { state } = await stored(world);
      assert.deepEqual(state.bindings, { tasks: "written" });
      assert.equal(state.lock, undefined);
    },
  },
  {
    name: "one of many that want the lock gets it, and the others are told who",
    async run(world) {
      const owners = Array.from({ length: WRITERS }, (_, index) => `owner ${index}`);
      const ends = await Promise.allSettled(owners.map((owner) => lock(world, owner)));
      const sessions = ends.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
      const [session, another] = sessions;
      assert.ok(session !== undefined && another === undefined, `${sessions.length} have the lock`);
      const { owner } = (await stored(world)).state.lock ?? {};
      for (const end of ends.filter(({ status }) => status === "rejected")) {
        const { reason } = end as PromiseRejectedResult; // filtered
        assert.ok(reason instanceof AlienError, String(reason));
        assert.equal(reason.code, "STATE_LOCKED");
        assert.equal(reason.details.owner, owner);
      }
      await session.release();
    },
  },
  {
    name: "whoever has lost the lock writes nothing more",
    async run(world) {
      const lost = await lock(world, "ann");
      await unlock(world.open(), { clock, signal: never() });
      const held = await lock(world, "ben");
      const change = lost.change((state) => ({ ...state, bindings: { by: "ann" } }));
      await assert.rejects(change, ({ code }: AlienError) => code === "LOCK_LOST");
      await held.change((state) => ({ ...state, bindings: { by: "ben" } }));
      await held.release();
      assert.deepEqual((await stored(world)).state.bindings, { by: "ben" });
    },
  },
];

const clock = fastClock();

/** Writes from many at once; answers the version of the one that won. */
async function race(
  world: StateStoreWorld,
  replaced: string | undefined,
): Promise<string | undefined> {
  const texts = Array.from({ length: WRITERS }, (_, index) => `after ${replaced}: ${index}`);
  const versions = await Promise.all(texts.map((text) => written(world.open(), text, replaced)));
  const won = versions.flatMap((version, index) => (version === undefined ? [] : [index]));
  const [winner, second] = won;
  assert.ok(winner !== undefined && second === undefined, `${won.length} have won`);
  const version = versions[winner];
  assert.deepEqual(await world.open().read(never()), { text: texts[winner], version });
  return version;
}

/** A store may leave open what became of a write that met another one; asked again it decides. */
async function written(store: StateStore, text: string, replaced: string | undefined) {
  for (let tries = 1; ; tries++) {
    try {
      return await store.write(text, replaced, never());
    } catch (error) {
      if (!isPassing(error) || tries === WRITERS) throw error;
    }
  }
}

function lock(world: StateStoreWorld, owner: string): Promise<StateSession> {
  const place = {
    platform: "somewhere",
    stack: "shop",
    stage: "dev",
    account: "1",
    region: "mars",
    settings: {},
  };
  const about = { owner, operation: "conformance", place, clock, signal: never() };
  return StateSession.open(world.open(), about);
}

async function stored(world: StateStoreWorld) {
  const found = await readState(world.open(), never());
  assert.ok(found !== undefined, "nothing is stored");
  return found;
}

function isPassing(error: unknown): boolean {
  return error instanceof AlienError && error.retryable;
}

function withoutLoss({ loseAnswer }: StateStoreWorld): string | undefined {
  return loseAnswer === undefined ? "no answer gets lost on the way to it" : undefined;
}
