import { AlienError } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import type { SendResult } from "../src/queue/driver.ts";
import { networkWorld } from "./network.ts";

const refused = (code: "THROTTLED" | "SERVICE_UNAVAILABLE", details = {}): SendResult => ({
  ok: false,
  error: new AlienError(code, "not now", { retryable: true, details }),
});

const numbers = (count: number, from = 0) => Array.from({ length: count }, (_, n) => n + from);
const texts = (count: number, from = 0) => numbers(count, from).map(String);

describe("sends over a network", () => {
  it("a single send of an idle producer goes out at once", async () => {
    const { tasks, driver, clock } = networkWorld();
    const sent = tasks.send(1);
    await clock.advance(0);
    expect(driver.requests).toEqual([{ verb: "send", at: 0, items: ["1"] }]);
    await clock.advance(20);
    await sent;
  });

  it("what comes while a call is under way goes out together when it is back", async () => {
    const { tasks, driver, clock } = networkWorld();
    driver.tripMs = 8;
    const sent = numbers(4).map(async (n) => {
      await new Promise<void>((resolve) => void clock.schedule(n, resolve));
      return tasks.send(n);
    });
    await clock.advance(16);
    await Promise.all(sent);
    expect(driver.requests).toEqual([
      { verb: "send", at: 0, items: ["0"] },
      { verb: "send", at: 8, items: ["1", "2", "3"] },
    ]);
  });

  it("it waits no longer than the linger for a call that takes long", async () => {
    const { tasks, driver, clock } = networkWorld();
    driver.tripMs = 1_000;
    const sent = [tasks.send(0)];
    await clock.advance(1);
    sent.push(tasks.send(1));
    await clock.advance(5);
    sent.push(tasks.send(2));
    await clock.advance(5);
    expect(driver.requests.at(-1)).toEqual({ verb: "send", at: 11, items: ["1", "2"] });
    await clock.advance(1_000);
    await Promise.all(sent);
  });

  it("a full batch waits for nothing, and what is left over waits for its own company", async () => {
    const { tasks, driver, clock } = networkWorld();
    const sent = [tasks.sendText("a")];
    await clock.advance(1);
    sent.push(...numbers(9).map((n) => tasks.send(n)));
    await clock.advance(6);
    sent.push(...numbers(3, 9).map((n) => tasks.send(n)));
    await clock.advance(6);
    expect(driver.requests.map(({ at, items }) => [at, items.length])).toEqual([
      [0, 1],
      [7, 10],
    ]);
    await clock.advance(4);
    expect(driver.requests.at(-1)).toEqual({ verb: "send", at: 17, items: ["10", "11"] });
    await clock.advance(100);
    await Promise.all(sent);
  });

  it("a busy producer of single sends pays about a tenth of the requests", async () => {
    const { tasks, driver, clock } = networkWorld();
    const producers = numbers(100).map(async (producer) => {
      for (let round = 0; round < 20; round++) {
        await tasks.sendText(`${producer} ${round}`);
        const workMs = (producer * 7 + round * 13) % 50;
        await new Promise<void>((resolve) => void clock.schedule(workMs, resolve));
      }
    });
    await clock.advance("10s");
    await Promise.all(producers);
    expect(driver.sent.flat()).toHaveLength(2_000);
    expect(driver.sent.length).toBeLessThanOrEqual(230);
  });

  it("no more calls are under way at once than allowed", async () => {
    const { tasks, driver, clock } = networkWorld();
    const sent = tasks.sendBatch(numbers(200).map((payload) => ({ payload })));
    await clock.advance("1s");
    await sent;
    expect(driver.mostUnderWay).toBe(3);
    expect(driver.sent.every(({ length }) => length === 10)).toBe(true);
    expect(driver.sent.flat()).toEqual(texts(200));
  });

  it("close() lets nothing wait", async () => {
    const { tasks, driver, clock } = networkWorld();
    driver.tripMs = 1_000;
    const sent = [tasks.send(0)];
    await clock.advance(1);
    sent.push(tasks.send(1));
    const closed = tasks.close();
    await clock.advance(0);
    expect(driver.requests.at(-1)).toEqual({ verb: "send", at: 1, items: ["1"] });
    await clock.advance(2_000);
    await Promise.all([...sent, closed]);
  });
});

describe("order over a network", () => {
  it("messages of one group are never in two calls at once, and stay in order", async () => {
    const { tasks, driver, clock, queue } = networkWorld({ fifo: {} });
    const sent = Promise.all(numbers(25).map((n) => tasks.send(n, { group: "a" })));
    await clock.advance("1s");
    await sent;
    expect(driver.mostUnderWay).toBe(1);
    expect(queue.waiting().map(({ message }) => message.body)).toEqual(texts(25));
  });

  it("other groups go out beside a busy one, and groups take turns", async () => {
    const { tasks, driver, clock } = networkWorld({ fifo: {} });
    const busy = numbers(30).map((n) => tasks.sendText(`a${n}`, { group: "a" }));
    const other = numbers(3).map((n) => tasks.sendText(`b${n}`, { group: "b" }));
    await clock.advance("1s");
    await Promise.all([...busy, ...other]);
    const at = driver.of("send").map((request) => [request.at, request.items[0]]);
    expect(at).toEqual([
      [0, "a0"],
      [10, "b0"],
      [20, "a10"],
      [40, "a20"],
    ]);
  });

  it("what failed for a passing reason keeps its place in its group and holds up no other", async () => {
    const { tasks, driver, clock, queue } = networkWorld({ fifo: {} });
    driver.answer = (call, { body }) =>
      call === 1 && body === "a0" ? refused("SERVICE_UNAVAILABLE") : undefined;
    const sent = [tasks.sendText("a0", { group: "a" }), tasks.sendText("b0", { group: "b" })];
    await clock.advance(21);
    sent.push(tasks.sendText("a1", { group: "a" }), tasks.sendText("b1", { group: "b" }));
    await clock.advance("1s");
    await Promise.all(sent);
    expect(driver.of("send").map(({ at, items }) => [at, ...items])).toEqual([
      [0, "a0", "b0"],
      [21, "b1"],
      [70, "a0", "a1"],
    ]);
    const order = queue.waiting().map(({ message }) => message.body);
    expect(order.filter((body) => body.startsWith("a"))).toEqual(["a0", "a1"]);
  });
});

describe("failures over a network", () => {
  it("one that failed for a passing reason is called again alone, and its neighbours do not wait", async () => {
    const { tasks, driver, clock } = networkWorld();
    driver.answer = (call, { body }) =>
      call < 3 && body === "1" ? refused("SERVICE_UNAVAILABLE") : undefined;
    const at: Record<string, number> = {};
    const began = clock.now();
    const sent = numbers(3).map((n) =>
      tasks.send(n).then(() => {
        at[n] = clock.now() - began;
      }),
    );
    await clock.advance("1s");
    await Promise.all(sent);
    expect(driver.sent).toEqual([["0", "1", "2"], ["1"], ["1"]]);
    // 20 ms a call, and pauses of half of 100 and 200 ms.
    expect(at).toEqual({ 0: 20, 1: 210, 2: 20 });
  });

  it("a service that throttles is left alone for as long as it asks, and then called less", async () => {
    const { tasks, driver, clock } = networkWorld();
    driver.answer = (call) =>
      call <= 3 ? refused("THROTTLED", { retryAfterMs: 5_000 }) : undefined;
    const sent = tasks.sendBatch(numbers(60).map((payload) => ({ payload })));
    await clock.advance(5_269);
    expect(driver.of("send")).toHaveLength(3);
    driver.mostUnderWay = 0;
    await clock.advance(5);
    expect(driver.mostUnderWay).toBe(1);
    await clock.advance("1s");
    expect((await sent).every(({ ok }) => ok)).toBe(true);
    expect(driver.mostUnderWay, "finds back to its pace").toBe(3);
    expect(driver.of("send")).toHaveLength(9);
  });

  it("what a service throttles again and again fails in the end, with what it said", async () => {
    const { tasks, driver, clock } = networkWorld();
    driver.answer = () => refused("THROTTLED");
    const sent = expect(tasks.send(1)).rejects.toMatchObject({ code: "THROTTLED" });
    await clock.advance("1m");
    await sent;
    expect(driver.of("send").map(({ at }) => at)).toEqual([
      0, 170, 490, 1110, 2330, 4750, 8520, 12290,
    ]);
  });

  it("a service that asks for more than half a minute is asked again by the caller", async () => {
    const { tasks, driver, clock } = networkWorld();
    driver.answer = (call) =>
      call === 1 ? refused("THROTTLED", { retryAfterMs: 300_000 }) : undefined;
    const first = expect(tasks.send(1)).rejects.toMatchObject({
      code: "THROTTLED",
      details: { retryAfterMs: 300_000 },
    });
    await clock.advance(20);
    await first;
    const second = tasks.send(2);
    await clock.advance(29_999);
    expect(driver.of("send")).toHaveLength(1);
    await clock.advance(21);
    await second;
  });
});

describe("aborts over a network", () => {
  it("sends with signals share their calls with others", async () => {
    const { tasks, driver, clock } = networkWorld();
    const { signal } = new AbortController();
    const sent = [...numbers(9).map((n) => tasks.send(n, { signal })), tasks.send(9)];
    await clock.advance(20);
    await Promise.all(sent);
    expect(driver.sent).toEqual([texts(10)]);
  });

  it("one that is aborted while it waits never goes out", async () => {
    const { tasks, driver, clock } = networkWorld();
    const abort = new AbortController();
    const first = tasks.send(0);
    await clock.advance(1);
    const aborted = expect(tasks.send(1, { signal: abort.signal })).rejects.toMatchObject({
      code: "ABORTED",
      message: "the send was aborted; nothing was sent",
    });
    const other = tasks.send(2);
    abort.abort();
    await aborted;
    await clock.advance(100);
    await Promise.all([first, other]);
    expect(driver.sent).toEqual([["0"], ["2"]]);
  });

  it("one that is aborted under way is answered at once, and its neighbours notice nothing", async () => {
    const { tasks, driver, clock } = networkWorld();
    const abort = new AbortController();
    const aborted = expect(tasks.send(0, { signal: abort.signal })).rejects.toMatchObject({
      code: "ABORTED",
      message: "the call was aborted; whether it was carried out is unknown",
    });
    const other = tasks.send(1, { signal: new AbortController().signal });
    await clock.advance(1);
    abort.abort();
    await aborted;
    expect(driver.signals[0]?.aborted).toBe(false);
    await clock.advance(20);
    await other;
  });

  it("a call that nobody waits for any more is ended", async () => {
    const { tasks, driver, clock } = networkWorld();
    const abort = new AbortController();
    const entries = numbers(5).map((payload) => ({ payload }));
    const sending = tasks.sendBatch(entries, { signal: abort.signal });
    await clock.advance(1);
    abort.abort();
    const results = await sending;
    expect(results.map((result) => !result.ok && result.error.code)).toEqual(
      numbers(5).map(() => "ABORTED"),
    );
    expect(driver.signals[0]?.aborted).toBe(true);
    await tasks.close();
  });
});
