import { expect, test } from "vitest";
import { z } from "zod";
import { ReferenceDriver, referenceCapabilities } from "../conformance/index.ts";
import { referenceWorld } from "./reference.ts";

test("a string in front that is not the queue's name is refused with the two right forms", async () => {
  const { client, queue } = referenceWorld();
  // @ts-expect-error a string payload needs the queue's name in front
  await expect(client().send("hello")).rejects.toThrow(
    new TypeError(
      '"hello" is not this queue\'s name. Write send("tasks", payload, options), ' +
        "or send(payload, options) for a payload that is no string.",
    ),
  );
  await expect(client().send("orders", { n: 1 })).rejects.toThrow(TypeError);
  // @ts-expect-error the name alone is no message
  await expect(client().send("tasks")).rejects.toThrow(TypeError);
  expect(queue.stats().ready).toBe(0);
});

test("a payload that happens to be the queue's name is sent as text", async () => {
  const { client, queue } = referenceWorld();
  await client().send("tasks", "tasks");
  expect(queue.waiting()[0]?.message).toMatchObject({ body: "tasks", headers: { kind: "text" } });
});

test("undefined given as the payload is refused as a payload", async () => {
  const { client } = referenceWorld();
  await expect(client().send("tasks", undefined)).rejects.toMatchObject({
    code: "PAYLOAD_INVALID",
    message: "payload cannot be sent as JSON: it is undefined",
  });
});

test("text that UTF-8 cannot carry is refused", async () => {
  const { client } = referenceWorld();
  await expect(client().sendText("half \ud800")).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
  await expect(client().sendText("whole \u{1f600}")).resolves.toMatchObject({
    deduplicated: false,
  });
});

test.each([
  [{ delay: 5 }, "delay: the duration 5 has no unit"],
  [{ delay: "8d" }, "the option delay is 8d"],
  [{ delay: new Date(Number.NaN) }, "the option delay is an invalid Date"],
  [{ priority: 10 }, "the option priority is 10"],
  [{ priority: 1.5 }, "the option priority is 1.5"],
  [{ idempotencyKey: "" }, "the option idempotencyKey has 0 characters"],
  [{ idempotencyKey: "k".repeat(257) }, "the option idempotencyKey has 257 characters"],
  [{ maxAttempts: 4 }, 'the option maxAttempts is 4; queue "tasks" allows 3'],
  [{ maxAttempts: 0 }, 'the option maxAttempts is 0; queue "tasks" allows 3'],
  [{ concurrency: { key: "", limit: 1 } }, 'the option concurrency.key is ""'],
  [{ concurrency: { key: "a", limit: 0 } }, "the option concurrency.limit is 0"],
  [{ concurrency: { key: "a" } }, "the option concurrency.limit is undefined"],
  [{ concurrency: { key: "a", limt: 2 } }, 'the option concurrency has no field "limt"'],
  [{ concurrency: "a" }, 'the option concurrency is "a"'],
  [{ concurrency: null }, "the option concurrency is null"],
  [{ attributes: { a: 1 } }, 'the option attributes["a"] is not text'],
  [
    { attributes: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, "x"])) },
    "the option attributes has 11 entries",
  ],
  [{ group: "a" }, 'queue "tasks" is not FIFO and takes no group'],
  [{ dealy: "5m" }, 'send has no option "dealy"'],
])("the options %j are refused before anything is sent", async (options, message) => {
  const { client, queue } = referenceWorld();
  await expect(client().send("tasks", 1, options as object)).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message,
    fix: expect.stringMatching(/^[A-Z].*\.$/),
  });
  expect(queue.stats().ready).toBe(0);
});

test("what the platform cannot do is refused with the reason and the nearest alternative", async () => {
  class Plain extends ReferenceDriver {
    override readonly capabilities = {
      ...referenceCapabilities,
      priority: false,
      idempotency: false,
      concurrencyKeys: false,
      delayMaxMs: 900_000,
    };
  }
  const { queue, client } = referenceWorld();
  const tasks = client({}, new Plain(queue));
  const refusals = [
    [{ priority: 1 }, "Use a second queue for what is urgent."],
    [{ idempotencyKey: "k" }, "Make the handler safe to repeat."],
    [
      { concurrency: { key: "k", limit: 1 } },
      "Declare .concurrency(n) on the queue, or use a queue per key.",
    ],
    [{ delay: "16m" }, "Delay by at most 15m and send again from the handler."],
  ] as const;
  for (const [options, fix] of refusals) {
    await expect(tasks.send(1, options)).rejects.toMatchObject({ code: "UNSUPPORTED", fix });
  }
  await tasks.send(1, { priority: 0, delay: "15m" });
});

test("the group of a FIFO message is the option, else the payload's own field", async () => {
  const { client, queue } = referenceWorld({ fifo: { group: "account.id" } });
  const tasks = client();
  await tasks.send({ account: { id: 7 } });
  await tasks.send({ account: { id: 7 } }, { group: true });
  const groups = queue.waiting().map(({ message }) => message.group);
  expect(groups).toEqual(["7", "true"]);
  await expect(tasks.send({ account: { id: null } })).rejects.toMatchObject({
    code: "GROUP_MISSING",
  });
  for (const id of ["", "g".repeat(129), {}, [], 2 ** 53, -1e300, Number.NaN]) {
    const code = Number.isNaN(id) ? "PAYLOAD_INVALID" : "GROUP_INVALID";
    await expect(tasks.send({ account: { id } })).rejects.toMatchObject({ code });
  }
});

test("a group is never read from what an object inherits", async () => {
  const { client } = referenceWorld({ fifo: { group: "tenant" } });
  const payload: unknown = Object.create({ tenant: "inherited" });
  await expect(client().send(payload)).rejects.toMatchObject({ code: "GROUP_MISSING" });
});

test("a schema that wants what JSON cannot carry refuses at send, not at the handler", async () => {
  const { client } = referenceWorld();
  const tasks = client({ schema: z.object({ at: z.date() }) });
  await expect(tasks.send({ at: new Date(0) })).rejects.toMatchObject({ code: "PAYLOAD_REFUSED" });
});

test("the schema's input is stored, after it was checked as it travels", async () => {
  const schema = z.object({ at: z.coerce.date(), n: z.string().transform(Number) });
  const { client, queue } = referenceWorld();
  const tasks = client({ schema });
  await tasks.send({ at: new Date(0), n: "12" });
  expect(queue.waiting()[0]?.message.body).toBe('{"at":"1970-01-01T00:00:00.000Z","n":"12"}');
  const [message] = await tasks.receive();
  expect(message?.payload).toEqual({ at: new Date(0), n: 12 });
  await expect(tasks.send({ at: "never", n: "1" })).rejects.toMatchObject({
    code: "PAYLOAD_REFUSED",
    details: { queue: "tasks", issues: [{ path: "at" }] },
  });
});

test("an asynchronous schema is waited for", async () => {
  const schema = z.string().refine(async (text) => text !== "bad", "is bad");
  const { client } = referenceWorld();
  const tasks = client({ schema });
  await expect(tasks.send("tasks", "bad")).rejects.toMatchObject({ code: "PAYLOAD_REFUSED" });
  const results = await tasks.sendBatch([{ payload: "good" }, { payload: "bad" }]);
  expect(results.map(({ ok }) => ok)).toEqual([true, false]);
  const [message] = await tasks.receive();
  expect(message?.payload).toBe("good");
});

test("what is too large says how large, and whose limit it is; in a batch also which one", async () => {
  const { client, queue } = referenceWorld();
  const big = "x".repeat(70_000);
  await expect(client().sendText(big)).rejects.toMatchObject({
    code: "MESSAGE_TOO_LARGE",
    message: 'the message for queue "tasks" is 70015 bytes; the reference queue accepts 65536',
  });
  const [first, second] = await client().sendBatch([{ payload: 1 }, { payload: big }]);
  expect(first?.ok).toBe(true);
  expect(second).toMatchObject({
    ok: false,
    error: { code: "MESSAGE_TOO_LARGE", details: { position: 1, limit: 65_536 } },
  });
  expect(queue.stats().ready).toBe(1);
});

test("an aborted signal refuses the send, and nothing is sent", async () => {
  const { client, queue } = referenceWorld();
  const signal = AbortSignal.abort();
  await expect(client().send(1, { signal })).rejects.toMatchObject({ code: "ABORTED" });
  await expect(client().sendBatch([{ payload: 1 }], { signal })).rejects.toMatchObject({
    code: "ABORTED",
  });
  expect(queue.stats().ready).toBe(0);
});

test("a closed client says so", async () => {
  const { client } = referenceWorld();
  const tasks = client();
  await tasks.close();
  await tasks.close();
  const calls = [tasks.send(1), tasks.receive(), tasks.ack([]), tasks.sendBatch([])];
  await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject({ code: "CLOSED" })));
});

test("ids sort by time and by the order of sending, whatever the clock does", async () => {
  const { client, clock } = referenceWorld();
  const tasks = client();
  const ids: string[] = [];
  for (let n = 0; n < 2_100; n++) {
    if (n === 2_050) await clock.advance(5);
    ids.push((await tasks.send(n)).id);
  }
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-hjkmnp-tv-z]{26}$/);
});

test("a send that is aborted while the driver does not answer is answered at once", async () => {
  class Silent extends ReferenceDriver {
    override send(): Promise<never> {
      return new Promise(() => undefined);
    }
  }
  const { client, queue, clock } = referenceWorld();
  const stop = new AbortController();
  const sending = client({}, new Silent(queue)).send(1, { signal: stop.signal });
  await clock.advance(1);
  stop.abort();
  await expect(sending).rejects.toMatchObject({ code: "ABORTED", retryable: false });
});
