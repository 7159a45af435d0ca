import { expect, test } from "vitest";
import { deliver } from "../src/queue/deliver.ts";
import type { Delivery } from "../src/queue/driver.ts";
import { referenceWorld } from "./reference.ts";

const delivery = (n: number, group?: string): Delivery => ({
  id: String(n),
  receipt: `r${n}`,
  body: String(n),
  headers: { kind: "json" },
  attempt: 1,
  sentAt: 0,
  ...(group === undefined ? {} : { group }),
});

const lease = () => ({ signal: new AbortController().signal, extend: async () => undefined });

test("a pushed batch is answered with one settlement per delivery, in order", async () => {
  const { handling } = referenceWorld();
  const settlements = await deliver(
    [delivery(1), delivery(2), delivery(3)],
    handling(({ payload }) => {
      if (payload === 2) throw new Error("two");
    }),
    lease,
  );
  expect(settlements.map(({ delivery, outcome }) => [delivery.id, outcome.kind])).toEqual([
    ["1", "ack"],
    ["2", "retry"],
    ["3", "ack"],
  ]);
});

test("what follows a retry of its group in the batch is released unrun, other groups go on", async () => {
  const { handling } = referenceWorld({ fifo: {} });
  const ran: unknown[] = [];
  const settlements = await deliver(
    [delivery(1, "a"), delivery(2, "a"), delivery(3, "b"), delivery(4, "b"), delivery(5, "a")],
    handling(({ payload }) => {
      ran.push(payload);
      if (payload === 1) throw new Error("once");
    }),
    lease,
  );
  expect(ran).toEqual([1, 3, 4]);
  expect(settlements.map(({ outcome }) => outcome.kind)).toEqual([
    "retry",
    "release",
    "ack",
    "ack",
    "release",
  ]);
});

test("a message of a group starts only after the one before it has ended", async () => {
  const { handling } = referenceWorld({ fifo: {} });
  let running = 0;
  let most = 0;
  await deliver(
    [delivery(1, "a"), delivery(2, "a"), delivery(3, "a")],
    handling(async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    }),
    lease,
  );
  expect(most).toBe(1);
});
