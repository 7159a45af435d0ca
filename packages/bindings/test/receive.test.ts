import { AlienError, type StandardSchemaV1 } from "@alienplatform/core";
import { expect, test } from "vitest";
import { z } from "zod";
import { ReferenceDriver } from "../conformance/index.ts";
import type { ReceiveOptions, Settlement } from "../src/queue/driver.ts";
import { referenceWorld } from "./reference.ts";

test("a message looks the same whatever it was sent with", async () => {
  const { client, clock } = referenceWorld();
  const tasks = client();
  const { id } = await tasks.send("tasks", "text");
  const [message] = await tasks.receive("tasks", 10);
  expect(message).toStrictEqual({
    id,
    queue: "tasks",
    payload: "text",
    kind: "text",
    attempt: 1,
    sentAt: clock.now(),
    attributes: {},
    group: undefined,
    priority: 0,
    job: undefined,
    dead: undefined,
    receiptHandle: expect.any(String),
  });
});

test("what cannot be decoded is dead-lettered, and the others are received", async () => {
  const { client, queue } = referenceWorld();
  await client().sendBatch([1, "two", 3].map((payload) => ({ payload })));
  const strict = client({ schema: z.number() });
  const messages = await strict.receive(10);
  expect(messages.map(({ payload }) => payload)).toEqual([1, 3]);
  expect(queue.deadLetters()[0]?.error).toMatchObject({
    code: "PAYLOAD_REFUSED",
    issues: [{ message: expect.any(String) }],
  });
});

test("a schema that throws has refused the message, and the others are received", async () => {
  const { client, queue } = referenceWorld();
  await client().sendBatch(["1", "{secret", "3"].map((payload) => ({ payload })));
  const parsed = z.string().transform((text) => JSON.parse(text));
  const later: StandardSchemaV1 = {
    "~standard": {
      version: 1,
      vendor: "test",
      validate: async (value) => ({ value: JSON.parse(String(value)) }),
    },
  };
  const messages = await client({ schema: parsed }).receive(10);
  expect(messages.map(({ payload }) => payload)).toEqual([1, 3]);
  expect(queue.deadLetters()[0]?.error).toMatchObject({
    code: "PAYLOAD_REFUSED",
    issues: [{ message: "the schema itself threw: SyntaxError" }],
  });
  const results = await client({ schema: later }).sendBatch([{ payload: "1" }, { payload: "{" }]);
  expect(results.map(({ ok }) => ok)).toEqual([true, false]);
});

test("a body that is not UTF-8 or not JSON is told without quoting it", async () => {
  const { client, queue, clock } = referenceWorld();
  const secret = '{"password":"hunter2"';
  queue.send({ id: "1", body: secret, headers: { kind: "json" }, sentAt: clock.now() });
  expect(await client().receive()).toEqual([]);
  const [letter] = queue.deadLetters();
  expect(letter?.error.code).toBe("DECODE_FAILED");
  expect(JSON.stringify(letter?.error)).not.toContain("hunter2");
});

test("receive gathers what the platform gives in several takes", async () => {
  const { client } = referenceWorld();
  await client().sendBatch(Array.from({ length: 35 }, (_, payload) => ({ payload })));
  expect(await client().receive(30)).toHaveLength(30);
  expect(await client().receive("tasks", 100)).toHaveLength(5);
});

test("what was taken before a take that fails is handed over", async () => {
  class Failing extends ReferenceDriver {
    takes = 0;
    protected override async take(...given: Parameters<ReferenceDriver["take"]>) {
      if (++this.takes === 2) throw new Error("the connection is gone");
      return super.take(...given);
    }
  }
  const { client, queue } = referenceWorld();
  const tasks = client({}, new Failing(queue));
  await tasks.sendBatch(Array.from({ length: 15 }, (_, payload) => ({ payload })));
  expect(await tasks.receive(15)).toHaveLength(10);
  expect(await tasks.receive(15)).toHaveLength(5);
});

test("what can neither be decoded nor be settled keeps nothing back", async () => {
  class Failing extends ReferenceDriver {
    protected override async settle(batch: readonly Settlement[]) {
      const error = new AlienError("DRIVER_FAILED", "the connection is gone");
      return batch.map(() => ({ ok: false, error }) as const);
    }
  }
  const { client, queue } = referenceWorld();
  await client().sendBatch([{ payload: "x" }, { payload: 2 }]);
  const strict = client({ schema: z.number() }, new Failing(queue));
  expect((await strict.receive(10)).map(({ payload }) => payload)).toEqual([2]);
});

test.each([0, 101, 1.5, Number.NaN])("receive refuses %d messages", async (max) => {
  const { client } = referenceWorld();
  await expect(client().receive("tasks", max)).rejects.toMatchObject({ code: "OPTION_INVALID" });
});

test("one receiver is opened per lease length, and a failed open is not kept", async () => {
  class Counting extends ReferenceDriver {
    readonly leases: number[] = [];
    fail = true;
    override async open(options: ReceiveOptions) {
      if (this.fail) throw new Error("refused");
      this.leases.push(options.leaseMs);
      return super.open(options);
    }
  }
  const { client, queue } = referenceWorld();
  const driver = new Counting(queue);
  const tasks = client({}, driver);
  await expect(tasks.receive()).rejects.toThrow("refused");
  driver.fail = false;
  await Promise.all([tasks.receive(), tasks.receive(), tasks.receive(1, { lease: "1m" })]);
  await tasks.receive(1, { lease: "1m" });
  expect(driver.leases).toEqual([30_000, 60_000]);
});

test("acks of one turn become one call", async () => {
  const batches: number[] = [];
  class Counting extends ReferenceDriver {
    protected override async settle(batch: readonly Settlement[]) {
      batches.push(batch.length);
      return super.settle(batch);
    }
  }
  const { client, queue } = referenceWorld();
  const tasks = client({}, new Counting(queue));
  await tasks.sendBatch(Array.from({ length: 9 }, (_, payload) => ({ payload })));
  const [first, ...rest] = await tasks.receive(9);
  if (first === undefined) throw new Error("nothing was received");
  const results = await Promise.all([tasks.ack("tasks", first.receiptHandle), tasks.ack(rest)]);
  expect(batches).toEqual([9]);
  expect(results[1]).toHaveLength(8);
  expect(queue.stats()).toMatchObject({ ready: 0, inFlight: 0 });
});

test("a settling call in any other form is a TypeError that shows the right ones", async () => {
  const { client } = referenceWorld();
  const tasks = client();
  const wrong = [
    tasks.ack("orders", "receipt"),
    // @ts-expect-error the name alone is no receipt
    tasks.ack("tasks"),
    // @ts-expect-error a receipt needs the queue's name in front
    tasks.nack({ receipt: "r" }),
    // @ts-expect-error and a lease
    tasks.extend("tasks", "receipt"),
    // @ts-expect-error and a reason
    tasks.deadLetter("tasks", "receipt"),
  ];
  await Promise.all(wrong.map((call) => expect(call).rejects.toThrow(/^("orders" .*)?Write /)));
});

test("messages() long-polls, stops when the signal aborts, and keeps nothing on loan", async () => {
  const { client, clock, queue } = referenceWorld();
  const tasks = client();
  const stop = new AbortController();
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const message of tasks.messages({ signal: stop.signal })) {
      seen.push(message.payload);
      await tasks.ack(message);
    }
  })();
  await tasks.send(1);
  await clock.advance(60_000);
  await tasks.sendBatch([{ payload: 2 }, { payload: 3 }]);
  await clock.advance(1);
  stop.abort();
  await reading;
  await tasks.send(4);
  expect(seen).toEqual([1, 2, 3]);
  expect(queue.stats()).toMatchObject({ ready: 1, inFlight: 0 });
});

test("leaving the loop of messages() leaves the rest where it is", async () => {
  const { client, queue } = referenceWorld();
  const tasks = client();
  await tasks.sendBatch([{ payload: 1 }, { payload: 2 }]);
  for await (const message of tasks.messages()) {
    await tasks.ack(message);
    break;
  }
  expect(queue.stats()).toMatchObject({ ready: 1, inFlight: 0 });
});
