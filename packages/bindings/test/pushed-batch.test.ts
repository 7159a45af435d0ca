import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import type { QueueOptions } from "../src/queue/binding.ts";
import type { Delivery, PushedLoan } from "../src/queue/driver.ts";
import type { Handling } from "../src/queue/handle.ts";
import { deliverPushed, type PushedBatchOptions } from "../src/queue/pushed-batch.ts";
import { Turns } from "../src/queue/turns.ts";
import { gate, referenceWorld } from "./reference.ts";

const delivery = (n: number, extra: Partial<Delivery> = {}): Delivery => ({
  id: String(n),
  receipt: `r${n}`,
  body: String(n),
  headers: { kind: "json" },
  attempt: 1,
  sentAt: 0,
  ...extra,
});

/** Pushes batches to a handler by a virtual clock; the queue's lease is 30 s. */
function pushing(
  handler: Handling["handler"],
  options: Partial<QueueOptions> = {},
  extra: Partial<PushedBatchOptions> = {},
) {
  const { clock, handling, events, errors, outcomes } = referenceWorld({
    leaseMs: 30_000,
    ...options,
  });
  const given: PushedBatchOptions = {
    handling: handling(handler),
    clock,
    service: "the test's queue",
    turns: new Turns(Number.POSITIVE_INFINITY),
    onEvent: (event) => events.push(event),
    onError: (error) => errors.push(error),
    ...extra,
  };
  const push = async (batch: readonly Delivery[], loan: PushedLoan = {}) => {
    const settlements = await deliverPushed(batch, loan, given);
    expect(settlements.map((settlement) => settlement.delivery)).toEqual(batch);
    return settlements.map(({ outcome }) => outcome);
  };
  return { clock, push, events, errors, outcomes };
}

test("each delivery of a pushed batch is settled by itself, in order, and told", async () => {
  const { push, outcomes } = pushing(({ payload }) => {
    if (payload === 2) throw new Error("two");
  });
  const settled = await push([delivery(1), delivery(2, { attempt: 2 }), delivery(3)]);
  expect(settled.map(({ kind }) => kind)).toEqual(["ack", "retry", "ack"]);
  expect(outcomes()).toEqual(["ack 1", "retry 2", "ack 1"]);
});

test("what follows a retry of its group is released unrun", async () => {
  const ran: unknown[] = [];
  const { push } = pushing(
    ({ payload }) => {
      ran.push(payload);
      if (payload === 1) throw new Error("once");
    },
    { fifo: {} },
  );
  const batch = [delivery(1, { group: "a" }), delivery(2, { group: "a" }), delivery(3)];
  expect((await push(batch)).map(({ kind }) => kind)).toEqual(["retry", "release", "ack"]);
  expect(ran).toEqual([3, 1]);
});

test("a handler that takes longer than the function's timeout has failed, and its signal says so", async () => {
  let signal: AbortSignal | undefined;
  const { push, clock } = pushing(
    ({ payload }, context) => {
      if (payload !== 1) return;
      signal = context.signal;
      return new Promise(() => undefined);
    },
    {},
    { timeoutMs: 60_000 },
  );
  const settled = push([delivery(1), delivery(2)]);
  await clock.advance(59_999);
  expect(signal?.aborted).toBe(false);
  await clock.advance(1);
  expect(signal?.reason).toMatchObject({ code: "TimeoutError" });
  const error = { code: "TimeoutError", message: "the handler took longer than 60000 ms" };
  expect(await settled).toMatchObject([{ kind: "retry", error }, { kind: "ack" }]);
});

test("a moment before the platform ends the function all that runs has failed, what waits is released", async () => {
  const started: unknown[] = [];
  const { push, clock } = pushing(
    ({ payload }) => {
      started.push(payload);
      return new Promise(() => undefined);
    },
    {},
    { turns: new Turns(2) },
  );
  const last = { attempt: 3 };
  const settled = push(
    [
      delivery(1, { group: "b" }),
      delivery(2, { group: "a", ...last }),
      delivery(3, { group: "c" }),
      delivery(4, { group: "a" }),
    ],
    { deadline: clock.now() + 10_000 },
  );
  await clock.advance(9_000);
  const error = {
    code: "TimeoutError",
    message: "the function's time ended before its handler was done",
  };
  expect(await settled).toMatchObject([
    { kind: "retry", error },
    { kind: "deadLetter", error },
    { kind: "release" },
    { kind: "release" },
  ]);
  expect(started).toEqual([1, 2]);
});

test("of little time a handler has half", async () => {
  let signal: AbortSignal | undefined;
  const { push, clock } = pushing((_message, context) => {
    signal = context.signal;
    return new Promise(() => undefined);
  });
  const settled = push([delivery(1)], { deadline: clock.now() + 600 });
  await clock.advance(299);
  expect(signal?.aborted).toBe(false);
  await clock.advance(1);
  expect(await settled).toMatchObject([{ kind: "retry" }]);
});

test("what comes after a dead letter of its group is released when time is over, whoever has the turn", async () => {
  const turns = new Turns(1);
  const { push, clock } = pushing(() => new Promise(() => undefined), { fifo: {} }, { turns });
  const last = { group: "a", attempt: 3 };
  const settled = push([delivery(1, last), delivery(2, { group: "a" })], {
    deadline: clock.now() + 10_000,
  });
  void push([delivery(3)]);
  await clock.advance(9_000);
  expect((await settled).map(({ kind }) => kind)).toEqual(["deadLetter", "release"]);
});

test("a batch that is done leaves no timer behind", async () => {
  const { push, clock } = pushing(() => undefined, {}, { timeoutMs: 60_000 });
  const extend = async () => undefined;
  await push([delivery(1), delivery(2)], { deadline: clock.now() + 10_000, extend });
  expect(clock.next).toBeUndefined();
});

test("a handler that was given up cannot make the loan longer", async () => {
  const { opened, open } = gate();
  const asked: string[] = [];
  let refused: Promise<unknown> | undefined;
  const { push, clock } = pushing(
    async (_message, { extend }) => {
      await opened;
      refused = extend("1h").catch((error) => error);
    },
    {},
    { timeoutMs: 1_000 },
  );
  const settled = push([delivery(1)], {
    extend: async ({ id }) => {
      asked.push(id);
    },
  });
  await clock.advance(1_000);
  await settled;
  open();
  await clock.advance(1);
  expect(await refused).toMatchObject({ code: "RECEIPT_EXPIRED" });
  expect(asked).toEqual([]);
});

test("a late answer of a handler that was given up is dropped", async () => {
  const { opened, open } = gate();
  const { push, clock, outcomes } = pushing(() => opened, {}, { timeoutMs: 1_000 });
  const settled = push([delivery(1)]);
  await clock.advance(1_000);
  open();
  await clock.advance(1);
  expect(await settled).toMatchObject([{ kind: "retry" }]);
  expect(outcomes()).toEqual(["retry 1"]);
});

/** An extend that notes when it was asked, from the world's start on. */
function noting(now: () => number) {
  const start = now();
  const asked: string[] = [];
  const extend = async ({ id }: Delivery, leaseMs: number) => {
    asked.push(`${id} ${leaseMs} at ${now() - start}`);
  };
  return { asked, extend };
}

test("a lease is renewed from half its length on, as long as the handler runs", async () => {
  const { opened, open } = gate();
  const { push, clock } = pushing(() => opened);
  const { asked, extend } = noting(() => clock.now());
  const leaseUntil = clock.now() + 20_000;
  const settled = push([delivery(1), delivery(2, { leaseUntil })], { extend });
  await clock.advance(31_000);
  expect(asked).toEqual([
    "2 30000 at 5000",
    "1 30000 at 15000",
    "2 30000 at 20000",
    "1 30000 at 30000",
  ]);
  open();
  await settled;
  await clock.advance(120_000);
  expect(asked).toHaveLength(4);
});

test("a loan that outlasts the function is not renewed before a handler has asked for another", async () => {
  const { opened, open } = gate();
  const first = gate();
  const { push, clock } = pushing(async (_message, { extend }) => {
    await first.opened;
    await extend("1m");
    await opened;
  });
  const { asked, extend } = noting(() => clock.now());
  const deadline = clock.now() + 900_000;
  const settled = push([delivery(1)], { deadline, extend });
  await clock.advance(300_000);
  expect(asked).toEqual([]);
  const short = push([delivery(2, { leaseUntil: clock.now() + 60_000 })], {
    deadline: clock.now() + 60_000,
    extend,
  });
  await clock.advance(58_000);
  expect(asked).toEqual([]);
  await clock.advance(2_000);
  expect(await short).toMatchObject([{ kind: "retry" }]);
  first.open();
  await clock.advance(46_000);
  expect(asked).toEqual(["1 60000 at 360000", "1 30000 at 405000"]);
  open();
  expect(await settled).toEqual([{ kind: "ack" }]);
});

test("a lease that cannot be kept is lost: the signal says so, and the message comes back", async () => {
  let signal: AbortSignal | undefined;
  const { push, clock, outcomes } = pushing((_message, context) => {
    signal = context.signal;
    return new Promise(() => undefined);
  });
  const gone = new AlienError("RECEIPT_EXPIRED", "the receipt is spent");
  const settled = push([delivery(1)], { extend: () => Promise.reject(gone) });
  await clock.advance(15_000);
  expect(signal?.reason).toMatchObject({ code: "LEASE_EXPIRED" });
  expect(await settled).toEqual([{ kind: "release" }]);
  expect(outcomes()).toEqual(["lost 1"]);
});

test("a renewal that failed for a passing reason is asked for again, and told", async () => {
  const { opened, open } = gate();
  const { push, clock, errors } = pushing(() => opened);
  let calls = 0;
  const extend = async () => {
    if (++calls === 1) throw new Error("socket hang up");
  };
  const settled = push([delivery(1)], { extend });
  await clock.advance(20_000);
  expect(calls).toBe(2);
  expect(errors).toMatchObject([{ message: "socket hang up" }]);
  open();
  expect(await settled).toEqual([{ kind: "ack" }]);
});

test("extend() says whose limit it is where the platform cannot", async () => {
  const { push } = pushing(async (_message, { extend }) => extend("1m"));
  expect(await push([delivery(1)])).toMatchObject([
    {
      kind: "retry",
      error: {
        code: "UNSUPPORTED",
        message: "the test's queue cannot extend the loan of a message that it pushes",
      },
    },
  ]);
});

test("so many handlers run at once as the queue allows, over all batches of the process", async () => {
  let running = 0;
  let most = 0;
  const { push } = pushing(
    async () => {
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
    },
    {},
    { turns: new Turns(2) },
  );
  const settled = await Promise.all([
    push([delivery(1), delivery(2), delivery(3)]),
    push([delivery(4), delivery(5)]),
  ]);
  expect(settled.flat()).toEqual(Array.from({ length: 5 }, () => ({ kind: "ack" })));
  expect(most).toBe(2);
});

test("ten thousand handlers that waited and are done at once end one after the other", async () => {
  const { opened, open } = gate();
  const { push } = pushing(
    ({ payload }) => (payload === 0 ? opened : undefined),
    {},
    { turns: new Turns(1) },
  );
  const settled = push(Array.from({ length: 10_000 }, (_, index) => delivery(index)));
  open();
  expect((await settled).every(({ kind }) => kind === "ack")).toBe(true);
});

test("a listener that throws ends nothing", async () => {
  const onEvent = () => {
    throw new Error("full");
  };
  const { push, errors } = pushing(() => undefined, {}, { onEvent });
  expect(await push([delivery(1), delivery(2)])).toEqual([{ kind: "ack" }, { kind: "ack" }]);
  expect(errors).toHaveLength(2);
});
