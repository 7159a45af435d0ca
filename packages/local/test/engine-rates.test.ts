import { expect, test } from "vitest";
import { memoryStorage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

async function rates(desk: Desk) {
  return (await desk.stats()).rates;
}

test("stats tell what was sent, acknowledged and failed per second of the last minute", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.clock.advance(120_000);
  await desk.send(...Array.from({ length: 60 }, (_, index) => `${index}`));
  const taken = await desk.take(30);
  for (const delivery of taken.slice(0, 24)) await desk.settle(delivery, { kind: "ack" });
  const error = { code: "E", message: "" };
  for (const delivery of taken.slice(24, 27)) {
    await desk.settle(delivery, { kind: "retry", delayMs: 0, error });
  }
  for (const delivery of taken.slice(27)) await desk.settle(delivery, { kind: "release" });
  // Eleven slots of five seconds and none of the twelfth.
  const seconds = 55;
  expect(await rates(desk)).toEqual({
    sent: 60 / seconds,
    acked: 24 / seconds,
    failed: 3 / seconds,
    waitedMs: { p50: 0, p95: 0 },
  });
  await desk.clock.advance(54_000);
  expect((await rates(desk))?.sent).toBeCloseTo(60 / 59);
  await desk.clock.advance(6_000);
  expect(await rates(desk)).toEqual({ sent: 0, acked: 0, failed: 0 });
});

test("what a queue was sent just after it was opened is not spread over a minute", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.send("a", "b", "c", "d", "e");
  expect((await rates(desk))?.sent).toBe(1);
  await desk.clock.advance(10_000);
  expect((await rates(desk))?.sent).toBe(0.5);
});

test("a delivery whose lease ended has failed", async () => {
  const desk = await Desk.open(memoryStorage());
  await desk.send("a");
  await desk.take(1);
  await desk.clock.advance(30_000);
  expect((await rates(desk))?.failed).toBeGreaterThan(0);
});

test("stats tell how long what was taken in the last minute had been ready, to a fifth", async () => {
  const desk = await Desk.open(memoryStorage());
  const waited = async () => (await rates(desk))?.waitedMs;
  expect(await waited()).toBeUndefined();
  await desk.send(...Array.from({ length: 90 }, (_, index) => `${index}`));
  await desk.sendOne("delayed", { delayMs: 1_000 });
  await desk.clock.advance(900);
  await desk.take(80);
  const { p50 = 0, p95 = 0 } = (await waited()) ?? {};
  expect(p50).toBe(p95);
  expect(p50).toBeGreaterThanOrEqual(900);
  expect(p50).toBeLessThan(900 * 1.2);
  // Ten of them, and the delayed one since it was due.
  await desk.clock.advance(8_100);
  await desk.take(20);
  const later = await waited();
  expect(later?.p50).toBe(p50);
  expect(later?.p95).toBeGreaterThanOrEqual(8_000);
  expect(later?.p95).toBeLessThan(9_000 * 1.2);
  await desk.clock.advance(60_000);
  expect(await waited()).toBeUndefined();
});
