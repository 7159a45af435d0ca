import assert from "node:assert/strict";
import type { ConformanceCase } from "../case.ts";

const texts = ["", " ", "123", "true", "null", '"quoted"', "{}", "one\r\ntwo\ttabbed", "mañana 🛸"];

const payloads: readonly unknown[] = [
  null,
  false,
  0,
  123,
  -1.5e-7,
  [],
  [1, ["two", { three: null }]],
  {},
  { type: "process-image", imageId: "123", size: { width: 640 }, tags: ["a", "ü", "🛸"] },
];

/** Sending: what arrives, under which id, and what is refused before anything is sent. */
export const sending: readonly ConformanceCase[] = [
  {
    name: "a JSON payload comes back as it was sent",
    async run(bench) {
      for (const payload of payloads) {
        await bench.client.send(payload);
        const message = await bench.one();
        assert.deepEqual(message.payload, payload);
        assert.equal(message.kind, "json");
        await bench.client.ack(message);
      }
    },
  },
  {
    name: "a text comes back as it was sent",
    async run(bench) {
      for (const text of texts) {
        await bench.client.sendText(text);
        const message = await bench.one();
        assert.equal(message.payload, text);
        assert.equal(message.kind, "text");
        await bench.client.ack(message);
      }
    },
  },
  {
    name: 'text "123" comes back as text "123"',
    async run(bench) {
      await bench.client.send(bench.queue, "123");
      const message = await bench.one();
      assert.deepEqual([message.kind, message.payload], ["text", "123"]);
    },
  },
  {
    name: "the number 123 comes back as the number 123",
    async run(bench) {
      await bench.client.send(bench.queue, 123);
      const message = await bench.one();
      assert.deepEqual([message.kind, message.payload], ["json", 123]);
    },
  },
  {
    name: "keys named __proto__ and constructor come back and pollute nothing",
    async run(bench) {
      const json = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":2}}}';
      await bench.client.send(JSON.parse(json));
      assert.equal(JSON.stringify((await bench.one()).payload), json);
      assert.equal(Object.hasOwn(Object.prototype, "polluted"), false);
    },
  },
  {
    name: "send answers the id that the message arrives under, not deduplicated",
    async run(bench) {
      const sent = await bench.client.send(bench.queue, { n: 1 });
      const message = await bench.one();
      assert.deepEqual(sent, { id: message.id, deduplicated: false });
      assert.equal(message.queue, bench.queue);
    },
  },
  {
    name: "a job carries the name of its handler, any other message none",
    async run(bench) {
      await bench.client.call("charge", { n: 1 });
      const job = await bench.one();
      assert.deepEqual([job.job, job.payload], ["charge", { n: 1 }]);
      await bench.texts("plain");
      assert.equal((await bench.one()).job, undefined);
    },
  },
  {
    name: "ids sort in the order of sending",
    async run(bench) {
      const ids = await bench.texts("a", "b", "c");
      await bench.clock.advance(10 + bench.precisionMs);
      ids.push(...(await bench.texts("d", "e")));
      assert.deepEqual([...ids].sort(), ids);
      assert.equal(new Set(ids).size, 5);
    },
  },
  {
    name: "sentAt is the time of the send, also after a retry",
    async run(bench) {
      const before = bench.clock.now();
      await bench.texts("timed");
      const after = bench.clock.now();
      await bench.clock.advance(2_000);
      const first = await bench.one();
      assert(before <= Number(first.sentAt) && Number(first.sentAt) <= after);
      await bench.client.nack(first);
      assert.equal(Number((await bench.one()).sentAt), Number(first.sentAt));
    },
  },
  {
    name: "ten attributes come back as they were sent",
    async run(bench) {
      const names = [
        "tenant",
        "Content-Type",
        "empty",
        "__proto__",
        "toString",
        "f",
        "g",
        "h",
        "i",
      ];
      const attributes = Object.fromEntries(
        names.map((name) => [name, name === "empty" ? "" : "ü"]),
      );
      await bench.client.send({ n: 1 }, { attributes: { ...attributes, tenth: "a=b; c" } });
      const { attributes: received } = await bench.one();
      assert.deepEqual({ ...received }, { ...attributes, tenth: "a=b; c" });
    },
  },
  {
    name: "a message sent without attributes has none",
    async run(bench) {
      await bench.texts("plain");
      assert.deepEqual({ ...(await bench.one()).attributes }, {});
    },
  },
  {
    name: "eleven attributes are refused and nothing is sent",
    async run(bench) {
      const attributes = Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`a${n}`, "x"]));
      await bench.refused("OPTION_INVALID", () => bench.client.send({ n: 1 }, { attributes }));
      await bench.nothing("the refused message was sent");
    },
  },
  {
    name: "a first string that is not the queue's name is a TypeError and nothing is sent",
    async run(bench) {
      await assert.rejects(async () => bench.client.send("not-the-queue", { n: 1 }), TypeError);
      // A string alone is no payload of the short form: the types forbid it, JavaScript may try.
      const { client } = bench as unknown as {
        client: { send(payload: string): Promise<unknown> };
      };
      await assert.rejects(async () => client.send("a payload"), TypeError);
      await bench.nothing("the misused send was sent");
    },
  },
  {
    name: "what is not JSON is refused with its path and nothing is sent",
    async run(bench) {
      const cycle: Record<string, unknown> = {};
      cycle.self = cycle;
      const refused: readonly [unknown, string][] = [
        [undefined, ""],
        [{ deep: { call: () => 1 } }, "deep.call"],
        [{ big: 1n }, "big"],
        [cycle, "self"],
        [{ list: [1, Number.NaN] }, "list"],
        [{ far: Number.POSITIVE_INFINITY }, "far"],
        [{ tags: new Set(["a"]) }, "tags"],
      ];
      for (const [payload, path] of refused) {
        const error = await bench.refused("PAYLOAD_INVALID", () =>
          bench.client.send(bench.queue, payload),
        );
        assert(error.message.includes(path), `"${error.message}" does not name ${path}`);
      }
      await bench.nothing("a refused payload was sent");
    },
  },
  {
    name: "a message over the limit is refused with size and limit and nothing is sent",
    async run(bench) {
      const { message: limit } = bench.driver.capabilities.max;
      const error = await bench.refused("MESSAGE_TOO_LARGE", () =>
        bench.client.sendText("x".repeat(limit + 1)),
      );
      assert(error.message.includes(bench.driver.capabilities.service), error.message);
      assert(Number(error.details.size) > limit, "details.size is above the limit");
      assert.equal(error.details.limit, limit);
      await bench.nothing("the oversized message was sent");
    },
  },
  {
    name: "a message of exactly the largest size is sent and comes back whole",
    async run(bench) {
      const { driver, clock } = bench;
      const headers = { kind: "text" } as const;
      const empty = { id: "0".repeat(26), body: "", headers, sentAt: clock.now() };
      const room = driver.capabilities.max.message - driver.sizeOf(empty);
      await bench.client.sendText("x".repeat(room));
      assert.equal((await bench.one()).payload, "x".repeat(room));
    },
  },
  {
    name: "an aborted send sends nothing",
    async run(bench) {
      const signal = AbortSignal.abort();
      await assert.rejects(bench.client.send({ n: 1 }, { signal }), { code: "ABORTED" });
      await bench.nothing("the aborted message was sent");
    },
  },
  {
    name: "a closed client refuses with CLOSED",
    async run(bench) {
      await bench.client.close();
      await assert.rejects(bench.client.sendText("late"), { code: "CLOSED" });
      await assert.rejects(bench.client.receive(bench.queue), { code: "CLOSED" });
    },
  },
];
