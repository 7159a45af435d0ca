import { VirtualClock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { beforeEach, expect, it } from "vitest";
import {
  MemoryStateStore,
  readState,
  type State,
  type StateLock,
  type StateStore,
  unlock,
} from "../src/index.ts";
import { StateSession } from "../src/state/state-session.ts";
import { toyPlace } from "./toy/toy-platform.ts";

const never = new AbortController().signal;
let clock = new VirtualClock();
let store = new MemoryStateStore();

beforeEach(() => {
  clock = new VirtualClock();
  store = new MemoryStateStore();
});

function open(owner = "ann", over: StateStore = store): Promise<StateSession> {
  const operation = "deploy";
  return StateSession.open(over, { owner, operation, place: toyPlace, clock, signal: never });
}

async function stored(): Promise<State> {
  const found = await readState(store, never);
  if (found === undefined) throw new Error("nothing is stored");
  return found.state;
}

function withBinding(name: string): (state: State) => State {
  return (state) => ({ ...state, bindings: { ...state.bindings, [name]: "x" } });
}

/** A store whose next writes end as they are told to: the answer is lost, or the write too. */
function flaky(...outcomes: readonly ("lost answer" | "lost" | "ok")[]): StateStore {
  const left = [...outcomes];
  return {
    url: store.url,
    read: () => store.read(),
    write: async (text, replaced) => {
      const outcome = left.shift() ?? "ok";
      if (outcome === "lost")
        throw new AlienError("SERVICE_UNAVAILABLE", "lost", { retryable: true });
      const version = await store.write(text, replaced);
      if (outcome === "ok") return version;
      throw new AlienError("SERVICE_UNAVAILABLE", "lost", { retryable: true });
    },
    close: () => store.close(),
  };
}

/** Lets time pass until something has an end. */
async function ended<Result>(work: Promise<Result>): Promise<Result> {
  let isOver = false;
  const watched = work.finally(() => {
    isOver = true;
  });
  watched.catch(() => "told to whoever awaits it");
  while (!isOver) await clock.advance("1s");
  return watched;
}

it("the lock is one write, which says who, doing what, and until when", async () => {
  await open();
  expect(store.writes).toBe(1);
  const { lock, fence, serial } = await stored();
  expect(lock).toMatchObject({ owner: "ann", operation: "deploy", fence: 1, since: clock.now() });
  expect([fence, serial, (lock?.until ?? 0) - clock.now()]).toEqual([1, 0, 60_000]);
});

it("a lock that somebody has is refused with its owner, its times and the way out", async () => {
  await open();
  await clock.advance("10s");
  const refused = await open("bob").catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "STATE_LOCKED", details: { owner: "ann" } });
  expect(String(refused)).toContain("deploy by ann, since 10s ago, until 2030-01-01T00:01:00.000Z");
  expect(store.writes).toBe(1);
});

it("a lock is renewed as long as its owner lives, and runs out when it does not", async () => {
  await open();
  await clock.advance("5m");
  await expect(open("bob")).rejects.toMatchObject({ code: "STATE_LOCKED" });
  const { lock } = await stored();
  expect(lock?.until).toBeGreaterThan(clock.now());

  // The owner is killed: its timers are gone with it.
  const later = new VirtualClock((lock?.until ?? 0) + 1);
  clock = later;
  const from = clock.now();
  const taken = await ended(open("bob"));
  expect(taken.state.fence).toBe(2);
  // Bob does not know by whose clock it was over, so he has seen for himself that nobody moves it on.
  expect(clock.now() - from).toBeGreaterThanOrEqual(60_000);
});

it.each([
  ["behind", -3_600_000],
  ["ahead", 3_600_000],
])(
  "an owner whose clock is an hour %s keeps its lock, and whoever watches it is told at once that it lives",
  async (_, skewMs) => {
    const skewed = { now: () => clock.now() + skewMs, schedule: clock.schedule.bind(clock) };
    const about = { operation: "deploy", place: toyPlace, signal: never };
    const session = await StateSession.open(store, { ...about, owner: "ann", clock: skewed });
    const watched: unknown[] = [];
    const from = clock.now();
    const onWatch = (lock: StateLock, forMs: number) => void watched.push([lock.owner, forMs]);
    const refused = ended(StateSession.open(store, { ...about, owner: "bob", clock, onWatch }));
    await expect(refused).rejects.toMatchObject({
      code: "STATE_LOCKED",
      details: { owner: "ann" },
    });
    expect(watched).toEqual([["ann", 60_000]]);
    // The heartbeat of 20 s, and the look of every 5.
    expect(clock.now() - from).toBeLessThanOrEqual(26_000);
    await session.release();
  },
);

it("a lock that is given back while it is watched is free at once", async () => {
  const session = await open();
  const later = { now: () => clock.now() + 3_600_000, schedule: clock.schedule.bind(clock) };
  const about = { owner: "bob", operation: "deploy", place: toyPlace, signal: never };
  const taken = StateSession.open(store, { ...about, clock: later });
  await clock.advance("5s");
  await session.release();
  expect((await ended(taken)).state.lock?.owner).toBe("bob");
});

it("whoever stops while it watches a lock has changed nothing", async () => {
  await open();
  const before = await store.read();
  clock = new VirtualClock(clock.now() + 3_600_000);
  const stop = new AbortController();
  const about = { owner: "bob", operation: "deploy", place: toyPlace, clock };
  const watching = StateSession.open(store, { ...about, signal: stop.signal });
  await clock.advance("10s");
  stop.abort();
  await expect(watching).rejects.toMatchObject({ code: "ABORTED" });
  expect(await store.read()).toEqual(before);
});

it.each([
  ["took place", true],
  ["is still on its way", false],
])("a lock whose write is given up and %s is given back", async (_, isCarriedOut) => {
  const first = await open("ann");
  await first.release();
  const before = await stored();
  const stop = new AbortController();
  let late: () => Promise<unknown> = async () => undefined;
  const given: StateStore = {
    ...flaky(),
    write: async (text, replaced, signal) => {
      if (stop.signal.aborted) return store.write(text, replaced);
      if (isCarriedOut) await store.write(text, replaced);
      else late = () => store.write(text, replaced);
      stop.abort();
      throw new AlienError("ABORTED", String(signal.aborted));
    },
  };
  const about = { owner: "bob", operation: "deploy", place: toyPlace, clock };
  const begin = (state: State) => ({ ...state, bindings: { tasks: "begun" } });
  const opening = StateSession.open(given, { ...about, signal: stop.signal, begin });
  await expect(opening).rejects.toMatchObject({ code: "ABORTED", message: "true" });
  // As it was, so that a plan that was kept still fits; only what is on its way comes too late.
  const { fence: _fence, ...content } = before;
  expect(await stored()).toMatchObject(content);
  expect((await stored()).lock).toBeUndefined();
  expect(await late()).toBeUndefined();
});

it("who hears nothing of the store for as long as its lock lasts is told that it is lost", async () => {
  const mute: StateStore = { ...flaky(), write: (text, replaced) => store.write(text, replaced) };
  const session = await open("ann", mute);
  mute.write = () => new Promise(() => undefined);
  await clock.advance("59s");
  expect(session.ended.aborted).toBe(false);
  await clock.advance("2s");
  expect(session.ended.reason).toMatchObject({ code: "LOCK_LOST" });
});

it("of many who ask at once one gets the lock", async () => {
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => open(`user ${n}`)));
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await stored()).fence).toBe(1);
});

it("changes that come together share a write, and each is one serial more", async () => {
  const session = await open();
  await Promise.all(["a", "b", "c"].map((name) => session.change(withBinding(name))));
  expect([store.writes, (await stored()).serial]).toEqual([2, 1]);
  await session.change(withBinding("d"));
  expect([store.writes, (await stored()).serial]).toEqual([3, 2]);
  expect(Object.keys((await stored()).bindings)).toEqual(["a", "b", "c", "d"]);
});

it("giving the lock back stores what was changed last, in one write", async () => {
  const session = await open();
  const change = session.change(withBinding("a"));
  await Promise.all([change, session.release()]);
  expect(store.writes).toBe(2);
  const { lock, bindings } = await stored();
  expect([lock, bindings]).toEqual([undefined, { a: "x" }]);
  await clock.advance("1h");
  expect(store.writes).toBe(2);
});

it("who has lost the lock cannot write any more, and is told so", async () => {
  const session = await open();
  expect(await unlock(store, { clock, signal: never })).toMatchObject({ owner: "ann" });
  await open("bob");
  const before = await store.read();
  await expect(session.change(withBinding("a"))).rejects.toMatchObject({ code: "LOCK_LOST" });
  expect(session.ended.reason).toMatchObject({ code: "LOCK_LOST" });
  await expect(session.release()).rejects.toMatchObject({ code: "LOCK_LOST" });
  expect(await store.read()).toEqual(before);
});

it("whoever means to open one lock does not open the one that somebody took since", async () => {
  const session = await open("ann");
  const { lock } = await stored();
  if (lock === undefined) throw new Error("nobody has locked it");
  await session.release();
  await open("bob");
  const unlocked = unlock(store, { clock, signal: never, meant: lock });
  await expect(unlocked).rejects.toMatchObject({ code: "STATE_LOCKED", details: { owner: "bob" } });
  expect((await stored()).lock?.owner).toBe("bob");
});

it("a heartbeat notices that the lock was opened by force", async () => {
  const session = await open();
  await unlock(store, { clock, signal: never });
  await clock.advance("21s");
  expect(session.ended.aborted).toBe(true);
  expect(await unlock(store, { clock, signal: never })).toBeUndefined();
});

it("a write of which the answer is lost is known again as its own", async () => {
  const session = await open("ann", flaky("ok", "lost answer", "ok"));
  await ended(session.change(withBinding("a")));
  await ended(session.change(withBinding("b")));
  expect((await stored()).bindings).toEqual({ a: "x", b: "x" });
  await ended(session.release());
  expect((await stored()).lock).toBeUndefined();
});

it("a write that never arrived is made again", async () => {
  const session = await open("ann", flaky("ok", "lost", "lost"));
  await ended(session.change(withBinding("a")));
  expect((await stored()).bindings).toEqual({ a: "x" });
});

it("taking the lock survives a lost answer", async () => {
  await ended(open("ann", flaky("lost answer")));
  expect((await stored()).lock?.owner).toBe("ann");
  expect(store.writes).toBe(1);
});

it("giving it back survives one too", async () => {
  const session = await open("ann", flaky("ok", "lost answer"));
  await ended(session.release());
  expect((await stored()).lock).toBeUndefined();
  expect(store.writes).toBe(2);
});

it("a state that cannot be written until the lock has run out is a lock that is lost", async () => {
  const session = await open("ann", flaky("ok", ...Array<"lost">(1_000).fill("lost")));
  const change = ended(session.change(withBinding("a")));
  await expect(change).rejects.toMatchObject({
    code: "LOCK_LOST",
    cause: { code: "SERVICE_UNAVAILABLE" },
  });
});

it("a state of a newer version is refused, and one that is damaged too", async () => {
  await store.write('{"version": 2}', undefined);
  await expect(open()).rejects.toMatchObject({ code: "STATE_VERSION" });
  await store.write('{"version": 1, "lineage"', "1");
  await expect(open()).rejects.toMatchObject({ code: "STATE_DAMAGED" });
  await store.write('{"version": 1, "lineage": 7}', "2");
  await expect(open()).rejects.toThrow('"lineage" is no string');
  const torn = { ...(await stateOf()), parts: { "queue/tasks": { type: "queue" } } };
  await store.write(JSON.stringify(torn), "3");
  await expect(open()).rejects.toThrow('part "queue/tasks" is not whole');
  expect(store.writes).toBe(4);
});

async function stateOf(): Promise<State> {
  const other = new MemoryStateStore();
  return (await open("ann", other)).state;
}
