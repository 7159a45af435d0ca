import { expect, test } from "vitest";
import { ReferenceDriver } from "../conformance/index.ts";
import { ack, deadLetter, retry } from "../src/queue/verdict.ts";
import { gate, referenceWorld } from "./reference.ts";

test("a handler that returns acknowledges, with its result", async () => {
  const { client, consume, clock, queue, outcomes } = referenceWorld();
  const seen: unknown[] = [];
  await client().send({ n: 1 });
  const consumer = consume((message) => {
    seen.push(message.payload);
    return { width: 64 };
  });
  await clock.advance(1);
  await consumer.drain(0);
  expect(seen).toEqual([{ n: 1 }]);
  expect(outcomes()).toEqual(["ack 1"]);
  expect(queue.stats()).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
});

test("a handler that throws is retried with backoff and dead-lettered at the budget", async () => {
  const { client, consume, clock, queue, events } = referenceWorld();
  await client().send({ n: 1 });
  const consumer = consume(() => {
    throw new Error("smtp down");
  });
  await clock.advance(10_000);
  await consumer.drain(0);
  expect(events.map(({ outcome, attempt, delayMs }) => ({ outcome, attempt, delayMs }))).toEqual([
    { outcome: "retry", attempt: 1, delayMs: 1_000 },
    { outcome: "retry", attempt: 2, delayMs: 2_000 },
    { outcome: "deadLetter", attempt: 3, delayMs: undefined },
  ]);
  const [letter] = queue.deadLetters();
  expect(letter?.error).toMatchObject({ code: "Error", message: "smtp down" });
});

test("whatever is thrown counts as a failure, also what is no Error", async () => {
  for (const thrown of ["text", undefined, { n: 1n }, Symbol("s")]) {
    const { client, consume, clock, queue } = referenceWorld({ maxAttempts: 1 });
    await client().send(1);
    const consumer = consume(() => {
      throw thrown;
    });
    await clock.advance(1);
    await consumer.drain(0);
    expect(queue.deadLetters()).toHaveLength(1);
    expect(queue.deadLetters()[0]?.error.code).toBe("HANDLER_FAILED");
  }
});

test("verdicts say outright what becomes of a message", async () => {
  const { client, consume, clock, queue, events } = referenceWorld();
  await client().sendBatch(["ack", "retry", "dead"].map((payload) => ({ payload })));
  const consumer = consume(({ payload, attempt }) => {
    if (payload === "ack" || attempt > 1) return ack();
    return payload === "retry" ? retry("later", { delay: "1m" }) : deadLetter("no such account");
  });
  await clock.advance(1);
  expect(events.map(({ outcome, delayMs }) => [outcome, delayMs])).toEqual([
    ["ack", undefined],
    ["retry", 60_000],
    ["deadLetter", undefined],
  ]);
  expect(queue.deadLetters()[0]?.error.message).toBe("no such account");
  await clock.advance(60_000);
  await consumer.drain(0);
  expect(events.at(-1)).toMatchObject({ outcome: "ack", attempt: 2 });
});

test("a mistyped option of retry() or nack() is told, and the message comes back", async () => {
  const { client, consume, clock, events } = referenceWorld();
  const tasks = client();
  await tasks.send(1);
  const [message] = await tasks.receive(1);
  if (message === undefined) throw new Error("nothing was received");
  const mistyped = { dealy: "1h" } as object;
  await expect(tasks.nack(message, mistyped)).rejects.toMatchObject({
    code: "OPTION_INVALID",
    fix: 'Write "delay".',
  });
  await tasks.nack(message);
  const consumer = consume(() => retry("later", mistyped));
  await clock.advance(1);
  expect(events[0]).toMatchObject({ outcome: "retry", error: { code: "OPTION_INVALID" } });
  await consumer.drain(0);
});

test("a verdict's delay is at most 7 days; a longer one, or none at all, is a failure with the usual backoff", async () => {
  const { client, consume, clock, events } = referenceWorld({
    backoff: { initialMs: 1_000, factor: 2, maxMs: 60_000, jitter: "none" },
  });
  await client().sendBatch(["7d", "169h", "soon"].map((payload) => ({ payload })));
  const consumer = consume(({ payload, attempt }) =>
    attempt > 1 ? ack() : retry("later", { delay: payload as "7d" }),
  );
  await clock.advance(1);
  expect(events.map(({ outcome, delayMs, error }) => [outcome, delayMs, error?.code])).toEqual([
    ["retry", 7 * 86_400_000, "HANDLER_FAILED"],
    ["retry", 1_000, "OPTION_INVALID"],
    ["retry", 1_000, "OPTION_INVALID"],
  ]);
  expect(events[1]?.error?.message).toBe("a retry delay of 169h is over 7d");
  await consumer.drain(0);
});

test("what cannot be decoded is dead-lettered at once, without a call of the handler", async () => {
  const { client, consume, clock, queue, driver } = referenceWorld();
  const [id] = [(await client().send({ n: 1 })).id];
  await driver.send([
    { id: "0".repeat(26), body: "{", headers: { kind: "json" }, sentAt: clock.now() },
  ]);
  const handled: string[] = [];
  const consumer = consume((message) => {
    handled.push(message.id);
  });
  await clock.advance(1);
  await consumer.drain(0);
  expect(handled).toEqual([id]);
  expect(queue.deadLetters()[0]?.error.code).toBe("DECODE_FAILED");
});

test("with onInvalid retry it is retried instead", async () => {
  const { consume, clock, driver, handling, outcomes } = referenceWorld();
  await driver.send([
    { id: "0".repeat(26), body: "{", headers: { kind: "json" }, sentAt: clock.now() },
  ]);
  const consumer = consume(() => undefined, {
    handling: handling(() => undefined, { onInvalid: "retry" }),
  });
  await clock.advance(1);
  await consumer.drain(0);
  expect(outcomes()).toEqual(["retry 1"]);
});

test("jobs go to the handler of their name; a name without one is dead-lettered", async () => {
  const { client, consume, clock, queue } = referenceWorld();
  const charged: unknown[] = [];
  await client().call("charge", { amount: 3 });
  await client().call("toString", {});
  await client().send({ none: true });
  const consumer = consume({ charge: (payload) => void charged.push(payload) });
  await clock.advance(1);
  await consumer.drain(0);
  expect(charged).toEqual([{ amount: 3 }]);
  expect(queue.deadLetters().map(({ error }) => error.code)).toEqual([
    "HANDLER_UNKNOWN",
    "HANDLER_UNKNOWN",
  ]);
});

test("a handler longer than the lease keeps it, and is not delivered twice", async () => {
  const { client, consume, clock, outcomes } = referenceWorld({ leaseMs: 30_000 });
  const { opened, open } = gate();
  let calls = 0;
  await client().send({ n: 1 });
  const consumer = consume(async () => {
    calls++;
    await opened;
  });
  await clock.advance(300_000);
  open();
  await clock.advance(1);
  await consumer.drain(0);
  expect(calls).toBe(1);
  expect(outcomes()).toEqual(["ack 1"]);
});

test("a lost lease aborts the signal, and the late result is dropped", async () => {
  class Forgetful extends ReferenceDriver {
    protected override async extend() {
      return [];
    }
  }
  const { client, consume, clock, queue, outcomes } = referenceWorld({ leaseMs: 10_000 });
  const { opened, open } = gate();
  const aborted: boolean[] = [];
  await client().send({ n: 1 });
  const handler = async (_: unknown, { signal }: { signal: AbortSignal }) => {
    await opened;
    aborted.push(signal.aborted);
  };
  const consumer = consume(handler, { concurrency: 1 }, new Forgetful(queue));
  await clock.advance(10_000);
  expect(outcomes()).toEqual(["lost 1"]);
  open();
  await clock.advance(1);
  await consumer.drain(0);
  expect(aborted).toEqual([true, false]);
  expect(outcomes()).toEqual(["lost 1", "ack 2"]);
});

test("a handler that outlasts its timeout is aborted and counts as failed", async () => {
  const { client, consume, clock, events, outcomes } = referenceWorld({ maxAttempts: 1 });
  await client().send({ n: 1 });
  let reason: unknown;
  const handler = (_: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise(() =>
      signal.addEventListener("abort", () => {
        reason = signal.reason;
      }),
    );
  const consumer = consume(handler, { timeoutMs: 60_000 });
  await clock.advance(59_999);
  expect(outcomes()).toEqual([]);
  await clock.advance(1);
  await consumer.drain(0);
  expect(events).toMatchObject([
    { outcome: "deadLetter", durationMs: 60_000, error: { code: "TimeoutError" } },
  ]);
  expect(reason).toMatchObject({ code: "TimeoutError" });
});

test("at most `concurrency` handlers run at once, and all of them where there is work", async () => {
  const { client, consume, clock, events } = referenceWorld();
  const { opened, open } = gate();
  let running = 0;
  let most = 0;
  await client().sendBatch(Array.from({ length: 50 }, (_, n) => ({ payload: n })));
  const consumer = consume(
    async () => {
      most = Math.max(most, ++running);
      await opened;
      running--;
    },
    { concurrency: 7 },
  );
  await clock.advance(1);
  expect(running).toBe(7);
  open();
  await clock.advance(1);
  await consumer.drain(0);
  expect(most).toBe(7);
  expect(events).toHaveLength(50);
});

test("a take that fails does not stop the loop", async () => {
  class Flaky extends ReferenceDriver {
    failures = 3;
    protected override async take(...args: Parameters<ReferenceDriver["take"]>) {
      if (this.failures-- > 0) throw new Error("connection reset");
      return super.take(...args);
    }
  }
  const { client, consume, clock, queue, errors, outcomes } = referenceWorld();
  await client().send({ n: 1 });
  const consumer = consume(() => undefined, {}, new Flaky(queue));
  await clock.advance(10_000);
  await consumer.drain(0);
  expect(errors).toHaveLength(3);
  expect(outcomes()).toEqual(["ack 1"]);
});

test("draining lets handlers finish, then gives back what is left, uncounted", async () => {
  const { client, consume, clock, queue, outcomes } = referenceWorld();
  const { opened, open } = gate();
  await client().sendBatch([{ payload: "quick" }, { payload: "stuck" }]);
  let stuckAborted = false;
  const consumer = consume(async ({ payload }, { signal }) => {
    signal.addEventListener("abort", () => {
      stuckAborted = payload === "stuck";
    });
    await (payload === "quick" ? opened : new Promise(() => undefined));
  });
  await clock.advance(1);
  const drained = consumer.drain(25_000);
  await client().sendText("late");
  await clock.advance(10_000);
  open();
  await clock.advance(14_999);
  expect(outcomes()).toEqual(["ack 1"]);
  await clock.advance(1);
  await drained;
  expect(outcomes()).toEqual(["ack 1", "release 1"]);
  expect(stuckAborted).toBe(true);
  expect(queue.stats()).toMatchObject({ ready: 2, inFlight: 0 });
  const [first] = queue.take(1, 1_000);
  expect(first).toMatchObject({ body: "stuck", attempt: 1 });
});

test("an idle consumer drains at once", async () => {
  const { consume, clock } = referenceWorld();
  const consumer = consume(() => undefined);
  await clock.advance(1);
  await consumer.drain(25_000);
  expect(clock.now()).toBe(Date.UTC(2030, 0, 1) + 1);
});

test("messages of a FIFO group are handled one after the other, groups in parallel", async () => {
  const { client, consume, clock, outcomes } = referenceWorld({ fifo: {} });
  const log: string[] = [];
  const send = (payload: string) => client().send("tasks", payload, { group: payload.slice(0, 1) });
  for (const payload of ["a1", "a2", "b1", "a3"]) await send(payload);
  let failures = 1;
  const consumer = consume(async ({ payload }) => {
    log.push(String(payload));
    if (payload === "a2" && failures-- > 0) throw new Error("once");
  });
  await clock.advance(500);
  expect(log).toEqual(["a1", "b1", "a2"]);
  await clock.advance(5_000);
  await consumer.drain(0);
  expect(log).toEqual(["a1", "b1", "a2", "a2", "a3"]);
  expect(outcomes()).toContain("ack 2");
});

test("a result over 64 KiB is dropped with a warning, and the message is acknowledged", async () => {
  const { client, consume, clock, lines, outcomes } = referenceWorld();
  await client().send({ n: 1 });
  const consumer = consume((_, { log }) => {
    log.info("big one");
    return "x".repeat(65 * 1024);
  });
  await clock.advance(1);
  await consumer.drain(0);
  expect(outcomes()).toEqual(["ack 1"]);
  expect(lines).toEqual([
    "info big one",
    expect.stringMatching(/^warn the result was dropped: .*65536/),
  ]);
});

test("extend() in a handler makes the lease end later", async () => {
  const { client, consume, clock, queue } = referenceWorld({ leaseMs: 10_000 });
  await client().send({ n: 1 });
  const { opened, open } = gate();
  const consumer = consume(async (_, { extend }) => {
    await extend("5m");
    await opened;
  });
  await clock.advance(1);
  const [stored] = queue.waiting();
  expect(stored?.loan?.until).toBe(clock.now() - 1 + 300_000);
  open();
  await clock.advance(1);
  await consumer.drain(0);
});

test("a handler's extend() has the limits of every lease", async () => {
  const { client, consume, clock, queue } = referenceWorld();
  await client().send(1);
  const refused: unknown[] = [];
  const consumer = consume(async (_message, { extend }) => {
    for (const lease of ["0s", "13h"] as const) {
      await extend(lease).catch((error) => refused.push(error.code));
    }
  });
  await clock.advance(1);
  await consumer.drain(0);
  expect(refused).toEqual(["OPTION_INVALID", "OPTION_INVALID"]);
  expect(queue.stats()).toMatchObject({ ready: 0, inFlight: 0 });
});

test("a listener that throws is reported and ends nothing", async () => {
  const { client, consume, clock, queue, errors } = referenceWorld();
  await client().sendBatch([{ payload: 1 }, { payload: 2 }]);
  const onEvent = () => {
    throw new Error("the listener's own");
  };
  const consumer = consume(() => undefined, { onEvent, concurrency: 1 });
  await clock.advance(1);
  await consumer.drain(0);
  expect(errors).toMatchObject([
    { message: "the listener's own" },
    { message: "the listener's own" },
  ]);
  expect(queue.stats()).toMatchObject({ ready: 0, inFlight: 0 });
});
