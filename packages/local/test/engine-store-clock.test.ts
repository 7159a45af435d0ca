import { describe, expect, test } from "vitest";
import { memoryStorage, type Origin } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";
import { HOUR, JobsDesk } from "./jobs-desk.ts";

const DAY = 24 * HOUR;
const origin: Origin = { session: "00000000000000aa", request: 7 };

function advance(desk: Desk, ms: number, by?: Origin) {
  return desk.engine.call("tasks", "advanceClock", [ms], by && { origin: by });
}

async function aheadMs(desk: Desk): Promise<number> {
  return (await desk.engine.call("tasks", "clock", [])).aheadMs;
}

describe("the clock of a store that is set ahead", () => {
  test("gives what is due by then to who waits, before the wait is over", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.sendOne("delayed", { delayMs: HOUR });
    const taken = desk.take(1, { waitMs: 2 * HOUR });
    await desk.quiet();
    await advance(desk, 3 * HOUR);
    expect(await taken).toMatchObject([{ body: "delayed", attempt: 1 }]);
  });

  test("fires what is due in the order of its time", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.sendOne("second", { delayMs: 2 * HOUR });
    await desk.sendOne("first", { delayMs: HOUR });
    await desk.sendOne("later", { delayMs: 4 * HOUR });
    await advance(desk, 3 * HOUR);
    expect(await desk.bodies(10)).toEqual(["first", "second"]);
  });

  test("ends leases, and waits of retries", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.send("held", "retried");
    const [, second] = await desk.take(2, { leaseMs: HOUR });
    await desk.retry(second, 2 * HOUR);
    await advance(desk, HOUR);
    expect(await desk.take(5, { leaseMs: DAY })).toMatchObject([{ body: "held", attempt: 2 }]);
    await advance(desk, HOUR);
    expect(await desk.take(5)).toMatchObject([{ body: "retried", attempt: 2 }]);
  });

  test("makes no lease longer when it is set back", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.send("held");
    await advance(desk, DAY);
    await desk.take(1, { leaseMs: HOUR });
    await advance(desk, -DAY);
    // Seen at the latest when the engine looks at the clock, once a minute.
    await desk.clock.advance(HOUR + 2 * 60_000);
    expect(await desk.take(1)).toMatchObject([{ body: "held", attempt: 2 }]);
  });

  test("ends pauses, and takes the end of a new one for that of its own time", async () => {
    const desk = await Desk.open(memoryStorage());
    const until = desk.clock.now() + HOUR;
    const pause = () => desk.engine.call("tasks", "pause", [{ reason: "maintenance", until }]);
    const paused = async () => (await desk.engine.call("tasks", "control", [])).pause;
    await pause();
    await advance(desk, HOUR);
    expect(await paused()).toBeUndefined();
    await pause();
    expect(await paused()).toMatchObject({ reason: "maintenance" });
    await advance(desk, HOUR);
    expect(await paused()).toBeUndefined();
  });

  test("expires what nobody has taken in time", async () => {
    const desk = await Desk.open(memoryStorage(), { retentionMs: DAY });
    await desk.send("old");
    await advance(desk, DAY + 1);
    await desk.send("new");
    expect(await desk.bodies(5)).toEqual(["new"]);
  });

  test("leaves what is sent afterwards its whole delay", async () => {
    const desk = await Desk.open(memoryStorage());
    await advance(desk, DAY);
    await desk.sendOne("delayed", { delayMs: HOUR });
    expect(await desk.bodies(5)).toEqual([]);
    await desk.clock.advance(HOUR);
    const [message] = await desk.take(5);
    expect(message).toMatchObject({ body: "delayed", sentAt: desk.clock.now() + DAY - HOUR });
  });

  test("goes on in time by itself: timers that are not due yet keep what is left of theirs", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.sendOne("delayed", { delayMs: 30_000 });
    const taken = desk.take(1, { waitMs: HOUR });
    await advance(desk, 20_000);
    expect(await desk.stats()).toMatchObject({ delayed: 1 });
    await desk.clock.advance(9_999);
    expect(await desk.stats()).toMatchObject({ delayed: 1 });
    await desk.clock.advance(1);
    expect(await taken).toMatchObject([{ body: "delayed" }]);
  });

  test("is ahead for the next owner, after a close and after a crash", async () => {
    const desk = await Desk.open(memoryStorage());
    await advance(desk, HOUR);
    await desk.reopen();
    expect(await aheadMs(desk)).toBe(HOUR);
    await desk.makeMortal();
    await advance(desk, HOUR);
    await desk.crash();
    expect(await desk.engine.call("tasks", "clock", [])).toEqual({
      now: desk.clock.now() + 2 * HOUR,
      aheadMs: 2 * HOUR,
    });
  });

  test("is set once by a request that the next owner is asked again", async () => {
    const desk = await Desk.open(memoryStorage());
    await desk.makeMortal();
    await advance(desk, HOUR, origin);
    await desk.crash();
    expect(await advance(desk, HOUR, origin)).toMatchObject({ aheadMs: HOUR });
    expect(await advance(desk, HOUR, { ...origin, request: 8 })).toMatchObject({
      aheadMs: 2 * HOUR,
    });
  });

  test("counts each of several that set it at once", async () => {
    const desk = await Desk.open(memoryStorage());
    await Promise.all([advance(desk, HOUR), advance(desk, HOUR), advance(desk, HOUR)]);
    expect(await aheadMs(desk)).toBe(3 * HOUR);
  });

  test("goes back without a loss: what is delayed waits that much longer", async () => {
    const desk = await Desk.open(memoryStorage());
    await advance(desk, DAY);
    await desk.send("ready");
    await desk.sendOne("delayed", { delayMs: HOUR });
    await advance(desk, -DAY);
    expect(await aheadMs(desk)).toBe(0);
    expect(await desk.bodies(5)).toEqual(["ready"]);
    await desk.clock.advance(DAY + HOUR);
    expect(await desk.bodies(5)).toContain("delayed");
    await desk.reopen();
    expect(await aheadMs(desk)).toBe(0);
  });

  test("is never behind the system's, nor a part of a millisecond", async () => {
    const desk = await Desk.open(memoryStorage());
    for (const ms of [-1, 0.5, Number.NaN, 1e15]) {
      await expect(advance(desk, ms)).rejects.toMatchObject({ code: "OPTION_INVALID" });
    }
    expect(await aheadMs(desk)).toBe(0);
  });

  test("shows a sweep what has died in its time", async () => {
    const desk = await Desk.open(memoryStorage(), { maxAttempts: 1 });
    await advance(desk, DAY);
    await desk.send("bad");
    const [bad] = await desk.take(1);
    await desk.retry(bad);
    // A caller's now, by the system's clock.
    const filter = { diedBy: desk.clock.now() };
    const letters = await desk.engine.call("tasks", "deadLetters", [{ limit: 5, filter }]);
    expect(letters).toMatchObject([{ body: "bad" }]);
  });

  test("leads to every job by its id, whose time is that of the system", async () => {
    const jobs = await JobsDesk.open();
    const { desk } = jobs;
    const before = await jobs.sendOne();
    await advance(desk, 2 * HOUR);
    const [plain = "", delayed = ""] = [
      await jobs.sendOne(),
      await jobs.sendOne({ delayMs: HOUR }),
    ];
    expect(await jobs.statuses([before, plain, delayed])).toEqual([
      "PENDING",
      "PENDING",
      "PENDING",
    ]);
    expect(await jobs.ids()).toEqual([delayed, plain, before]);
    await jobs.takeAndAck(5);
    await advance(desk, HOUR);
    await jobs.takeAndAck(5);
    expect(await jobs.statuses([before, plain, delayed])).toEqual([
      "SUCCEEDED",
      "SUCCEEDED",
      "SUCCEEDED",
    ]);
    expect(await jobs.ids({ status: "SUCCEEDED" })).toEqual([delayed, plain, before]);
    await advance(desk, 2 * DAY);
    expect(await jobs.statuses([before, plain, delayed])).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
