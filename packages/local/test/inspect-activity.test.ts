import type { Activity } from "@alienplatform/bindings/operate";
import { describe, expect, onTestFinished, test } from "vitest";
import { memoryStorage } from "../src/engine/index.ts";
import { InspectDesk } from "./inspect-desk.ts";

/** Longer than between two answers. */
const ANSWERED_MS = 100;
/** Longer than events are kept for somebody who has gone. */
const GONE_MS = 10_000;

class Watch {
  readonly #inspected: InspectDesk;
  readonly #stop = new AbortController();

  constructor(inspected: InspectDesk) {
    this.#inspected = inspected;
    onTestFinished(() => this.#stop.abort());
  }

  ask(after?: string): Promise<Activity> {
    const parameters: [after?: string] = after === undefined ? [] : [after];
    const { signal } = this.#stop;
    const { engine } = this.#inspected.desk;
    const asked = engine.call("tasks", "activity", parameters, { signal });
    asked.catch(() => undefined);
    return asked;
  }
}

describe("activity", () => {
  test("is told together, ten times a second at most", async () => {
    const inspected = await InspectDesk.open();
    const watch = new Watch(inspected);
    const first = watch.ask();
    const a = await inspected.sendOne();
    const { events, cursor } = await first;
    expect(events.map(({ id }) => id)).toEqual([a]);
    const second = watch.ask(cursor);
    const b = await inspected.sendOne();
    const c = await inspected.sendOne();
    await inspected.desk.clock.advance(ANSWERED_MS);
    expect((await second).events.map(({ id }) => id)).toEqual([b, c]);
  });

  test("of a busy queue is some of it, and says how much is left out", async () => {
    const inspected = await InspectDesk.open();
    const watch = new Watch(inspected);
    const first = watch.ask();
    const ids = await inspected.send(3_000);
    const { events, skipped, cursor } = await first;
    expect(events.length).toBeGreaterThan(100);
    expect(events.map(({ id }) => id)).toEqual(ids.slice(0, events.length));
    expect(events.length + skipped).toBe(3_000);
    const second = watch.ask(cursor);
    const [next] = await inspected.send(1);
    await inspected.desk.clock.advance(ANSWERED_MS);
    expect(await second).toMatchObject({ events: [{ type: "sent", id: next }], skipped: 0 });
  });

  test("is kept for a moment for who asks on, then dropped, and who comes later is told so", async () => {
    const inspected = await InspectDesk.open();
    const watch = new Watch(inspected);
    const first = watch.ask();
    await inspected.sendOne();
    const { cursor } = await first;
    const b = await inspected.sendOne();
    await inspected.desk.clock.advance(GONE_MS - 1);
    const second = await watch.ask(cursor);
    expect(second).toMatchObject({ events: [{ id: b }], skipped: 0 });
    await inspected.desk.clock.advance(GONE_MS);
    await inspected.sendOne();
    const late = await watch.ask(second.cursor);
    expect(late).toMatchObject({ events: [], skipped: 1 });
    const after = watch.ask(late.cursor);
    const d = await inspected.sendOne();
    await inspected.desk.clock.advance(ANSWERED_MS);
    expect((await after).events.map(({ id }) => id)).toEqual([d]);
  });

  test("of another opening is not known: what is asked on says so at once", async () => {
    const inspected = await InspectDesk.open({}, memoryStorage());
    const watch = new Watch(inspected);
    const first = watch.ask();
    await inspected.sendOne();
    const { cursor } = await first;
    await inspected.desk.reopen();
    expect(await watch.ask(cursor)).toMatchObject({ events: [], skipped: 1 });
    expect(await watch.ask("nonsense")).toMatchObject({ events: [], skipped: 1 });
  });

  test("of what a pause buries is a death without an attempt, of a purge nothing", async () => {
    const inspected = await InspectDesk.open();
    const { engine, clock } = inspected.desk;
    const watch = new Watch(inspected);
    const a = await inspected.sendOne();
    const first = watch.ask();
    await engine.call("tasks", "pause", [{ reason: "broken", whilePaused: "deadLetter" }]);
    const { events, cursor } = await first;
    const error = { code: "PAUSED", message: 'queue "tasks" is paused: broken' };
    expect(events).toEqual([{ type: "dead", id: a, at: clock.now(), error }]);
    await engine.call("tasks", "resume", []);
    const second = watch.ask(cursor);
    const b = await inspected.sendOne();
    await engine.call("tasks", "purge", []);
    await clock.advance(ANSWERED_MS);
    expect((await second).events.map(({ id, type }) => [id, type])).toEqual([[b, "sent"]]);
  });
});

describe("who takes", () => {
  test("is told by session, and what an ended one has left is with nobody", async () => {
    const inspected = await InspectDesk.open();
    const { desk } = inspected;
    const [one, two] = ["00000000000000aa", "00000000000000bb"];
    desk.engine.attachSession(one, { pid: 4711, startedAt: 1 });
    await inspected.send(5);
    await desk.take(3, {}, undefined, { session: one, request: 1 });
    await desk.take(1, {}, undefined, { session: two, request: 1 });
    const stop = new AbortController();
    const idle = { waitMs: 60_000 };
    await desk.take(1);
    const waiting = desk.take(1, idle, stop.signal, { session: two, request: 2 });
    await desk.quiet();
    const consumers = () => desk.engine.call("tasks", "consumers", []);
    expect(await consumers()).toEqual([
      { session: one, pid: 4711, inFlight: 3, waiting: false },
      { session: "", inFlight: 1, waiting: false },
      { session: two, inFlight: 1, waiting: true },
    ]);
    stop.abort();
    await waiting;
    await desk.engine.endSession(one, { clean: true });
    expect(await consumers()).toEqual([
      { session: "", inFlight: 4, waiting: false },
      { session: two, inFlight: 1, waiting: false },
    ]);
  });
});

describe("groups and keys", () => {
  test("are those of a queue that has them, also after an opening", async () => {
    const inspected = await InspectDesk.open({ fifo: true }, memoryStorage());
    const { desk } = inspected;
    const concurrency = { key: "customer-7", limit: 1 };
    const [held] = await inspected.send(4, { group: 'a "quoted" one', concurrency });
    await inspected.send(2, { group: "b", concurrency });
    await inspected.sendOne({ group: "late", delayMs: 60_000 });
    await desk.take(1);
    const look = async () => ({
      groups: await desk.engine.call("tasks", "groups", [10]),
      keys: await desk.engine.call("tasks", "keys", [10]),
    });
    const seen = {
      groups: [
        {
          group: 'a "quoted" one',
          waiting: 3,
          heldBy: { id: held, state: "inFlight" },
        },
        { group: "b", waiting: 2 },
      ],
      keys: [{ ...concurrency, inFlight: 1, waiting: 5 }],
    };
    expect(await look()).toEqual(seen);
    await desk.reopen();
    expect(await look()).toEqual(seen);
  });

  test("are none of a queue without them", async () => {
    const inspected = await InspectDesk.open();
    await inspected.send(2);
    await inspected.desk.take(1);
    expect(await inspected.desk.engine.call("tasks", "groups", [10])).toEqual([]);
    expect(await inspected.desk.engine.call("tasks", "keys", [10])).toEqual([]);
  });
});
