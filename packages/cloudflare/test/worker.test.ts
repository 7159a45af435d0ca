import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { readAlien } from "./worker/read-alien.ts";
import { WorkersHost } from "./worker/workers-host.ts";

let host: WorkersHost;
beforeAll(async () => {
  host = await WorkersHost.open();
});
afterAll(() => host.close());
afterEach(() => host.reset());

describe("a Worker that sends", () => {
  it("sends JSON and text, which arrive as they were sent", async () => {
    const payloads = [
      null,
      0,
      -1.5e-7,
      [1, ["two", { three: null }]],
      {},
      { tags: ["a", "ü", "🛸"], size: { width: 640 } },
      "",
      "123",
      '"quoted"',
      "one\r\ntwo\ttabbed",
      "mañana 🛸",
      'alien:{"v":1}\nnot an envelope',
    ];
    const sent = await host.send("tasks", ...payloads.map((payload) => ({ payload })));
    const handled = host.handled("tasks");
    const byId = new Map(handled.map((message) => [message.id, message]));
    expect(handled).toHaveLength(payloads.length);
    for (const [index, payload] of payloads.entries()) {
      const result = sent[index];
      expect(result).toMatchObject({ ok: true, deduplicated: false });
      const message = byId.get(result?.ok ? result.id : "");
      expect(message?.payload).toEqual(payload);
      expect(message?.kind).toBe(typeof payload === "string" ? "text" : "json");
      expect(message?.attempt).toBe(1);
    }
  });

  it("sends attributes and the time of the send along", async () => {
    const attributes = { tenant: "a", "Content-Type": "ü", empty: "" };
    const before = Date.now();
    await host.send("tasks", { payload: 1, attributes });
    const [message] = host.handled("tasks");
    expect(message?.attributes).toEqual(attributes);
    expect(Number(new Date(message?.sentAt ?? 0))).toBeGreaterThanOrEqual(before);
  });

  it("sends more than one batch takes, by count and by bytes, each message under its own id", async () => {
    const many = Array.from({ length: 203 }, (_, n) => ({ payload: { n } }));
    const heavy = Array.from({ length: 5 }, (_, n) => ({ payload: String(n).repeat(100_000) }));
    const sent = await host.send("tasks", ...many, ...heavy);
    expect(sent.filter(({ ok }) => ok)).toHaveLength(208);
    const handled = host.handled("tasks");
    expect(new Set(handled.map(({ id }) => id)).size).toBe(208);
    expect(handled).toHaveLength(208);
  });

  it("sends a message of the largest size, and refuses a larger one alone", async () => {
    const { largest } = await host.limits("tasks");
    const [ok, tooLarge, next] = await host.send(
      "tasks",
      { payload: `"`.repeat(largest) },
      { payload: "x".repeat(largest + 1) },
      { payload: "next" },
    );
    expect([ok?.ok, next?.ok]).toEqual([true, true]);
    expect(tooLarge).toMatchObject({ ok: false, code: "MESSAGE_TOO_LARGE" });
    expect(host.handled("tasks").map(({ payload }) => String(payload).length)).toEqual([
      largest,
      4,
    ]);
  });

  it("holds a message back for its delay", async () => {
    await host.send("tasks", { payload: "later", delay: "90s" }, { payload: "now" });
    expect(host.payloads("tasks")).toEqual(["now"]);
    await host.clock.advance(89_000);
    expect(host.payloads("tasks")).toEqual(["now"]);
    await host.clock.advance(1_000);
    expect(host.payloads("tasks")).toEqual(["now", "later"]);
  });

  it("refuses what Cloudflare lacks, and says what to do", async () => {
    const sent = await host.send(
      "tasks",
      { payload: 1, delay: "13h" },
      { payload: 1, idempotencyKey: "once" },
      { payload: 1, priority: 5 },
      { payload: 1, concurrency: { key: "a", limit: 1 } },
    );
    expect(sent.map((result) => (result.ok ? "sent" : result.code))).toEqual(
      sent.map(() => "UNSUPPORTED"),
    );
    for (const result of sent) expect(result).toHaveProperty("fix", expect.any(String));
    expect(host.handled("tasks")).toEqual([]);
  });

  it("sends for many requests at once, none of which waits for another's", async () => {
    const sendings = Array.from({ length: 20 }, (_, n) => ({
      name: "tasks",
      entries: [{ payload: n }],
    }));
    const sent = await host.sendAtOnce(...sendings);
    expect(sent.flat().filter(({ ok }) => ok)).toHaveLength(20);
    expect(host.payloads("tasks").sort((a, b) => Number(a) - Number(b))).toEqual(
      Array.from({ length: 20 }, (_, n) => n),
    );
  });
});

describe("a Worker that operates", () => {
  it("is told what its binding counts", async () => {
    expect(await host.stats("slow")).toEqual({ ready: 0, dead: 0 });
    await host.send("slow", { payload: 1 }, { payload: 2 });
    expect(await host.stats("slow")).toMatchObject({
      ready: 2,
      dead: 0,
      oldestAgeMs: expect.any(Number),
    });
    await host.clock.advance(30_000);
    expect(await host.stats("slow")).toMatchObject({ ready: 0 });
  });
});

describe("a Worker that handles", () => {
  it("acknowledges what its handler returns for, and never gets it again", async () => {
    await host.send("tasks", { payload: "a" }, { payload: "b" });
    await host.clock.advance(3_600_000);
    expect(host.payloads("tasks").sort()).toEqual(["a", "b"]);
    expect(host.stored("shop-tasks-dead")).toEqual([]);
  });

  it("gets what failed again after its backoff, with its attempts, and then dead-letters it with the reason", async () => {
    host.decide = () => ({ kind: "throw" });
    const [sent] = await host.send("tasks", { payload: { n: 1 }, attributes: { tenant: "a" } });
    const attempts = () => host.handled("tasks").map(({ attempt }) => attempt);
    expect(attempts()).toEqual([1]);
    await host.clock.advance(3_000);
    expect(attempts()).toEqual([1]);
    await host.clock.advance(1_000);
    expect(attempts()).toEqual([1, 2]);
    await host.clock.advance(11_000);
    expect(attempts()).toEqual([1, 2]);
    await host.clock.advance(1_000);
    expect(attempts()).toEqual([1, 2, 3]);
    const [letter, ...others] = host.stored("shop-tasks-dead");
    expect(others).toEqual([]);
    expect(readAlien(letter?.body)).toEqual({
      envelope: {
        v: 1,
        id: sent?.ok ? sent.id : "",
        sentAt: expect.any(Number),
        kind: "json",
        attributes: { tenant: "a" },
        dead: {
          source: "tasks",
          attempts: 3,
          deadAt: expect.any(Number),
          error: { code: "RangeError", message: "the test said so" },
        },
      },
      text: '{"n":1}',
    });
    await host.clock.advance(3_600_000);
    expect(attempts()).toEqual([1, 2, 3]);
  });

  it("gets back alone the one of a batch that failed", async () => {
    host.decide = ({ payload, attempt }) =>
      payload === "poison" && attempt === 1 ? { kind: "throw" } : { kind: "ack" };
    await host.send("tasks", ...["a", "poison", "b", "c"].map((payload) => ({ payload })));
    await host.clock.advance(3_600_000);
    expect(host.payloads("tasks").sort()).toEqual(["a", "b", "c", "poison", "poison"]);
  });

  it("waits with a retry as long as the verdict says, also not at all", async () => {
    host.decide = ({ attempt }) =>
      attempt === 1
        ? { kind: "retry", delay: "90s" }
        : attempt === 2
          ? { kind: "retry", delay: "0s" }
          : { kind: "ack" };
    await host.send("tasks", { payload: "a" });
    await host.clock.advance(89_000);
    expect(host.handled("tasks")).toHaveLength(1);
    await host.clock.advance(1_000);
    expect(host.handled("tasks").map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });

  it("dead-letters at once what its handler gives up, with its neighbours untouched", async () => {
    host.decide = ({ payload }) => ({ kind: payload === "bad" ? "deadLetter" : "ack" });
    await host.send("tasks", ...["a", "bad", "b"].map((payload) => ({ payload })));
    await host.clock.advance(3_600_000);
    expect(host.handled("tasks")).toHaveLength(3);
    const letters = host.stored("shop-tasks-dead").map(({ body }) => readAlien(body));
    expect(letters).toMatchObject([
      { text: "bad", envelope: { dead: { attempts: 1, error: { message: "the test said so" } } } },
    ]);
  });

  it("dead-letters a message of the largest size too", async () => {
    host.decide = () => ({ kind: "deadLetter" });
    const { largest } = await host.limits("tasks");
    await host.send("tasks", { payload: "x".repeat(largest) });
    const [letter] = host.stored("shop-tasks-dead").map(({ body }) => readAlien(body));
    expect(letter?.text).toHaveLength(largest);
    expect(letter?.envelope).toMatchObject({ dead: { source: "tasks", attempts: 1 } });
  });

  it("hands what dies to the queue that is declared for it, whose handler is told why", async () => {
    host.decide = (message) => ({ kind: message.queue === "payments" ? "throw" : "ack" });
    const [sent] = await host.send("payments", { payload: { n: 1 } });
    expect(host.handled("payments")).toHaveLength(1);
    const [letter, ...others] = host.handled("failed");
    expect(others).toEqual([]);
    expect(letter).toMatchObject({ id: sent?.ok ? sent.id : "", payload: { n: 1 }, attempt: 1 });
    expect(letter?.dead).toMatchObject({ source: "payments", error: { code: "RangeError" } });
  });

  it("never acknowledges what comes from a queue that it does not know", async () => {
    await host.sendForeign("STRAY", "lost?", "text");
    for (let time = 0; time < 6; time++) await host.clock.advance(30_000);
    expect(host.told.filter((told) => "handled" in told)).toEqual([]);
    expect(host.stored("shop-stray-dead").map(({ body }) => body)).toEqual(["lost?"]);
    expect(host.lines.join("")).toContain("UNKNOWN_QUEUE");
  });

  it("lets a message come back whose dead letter could not be sent", async () => {
    host.decide = () => ({ kind: "deadLetter" });
    const [sent] = await host.send("orphans", { payload: "kept" });
    expect(sent?.ok).toBe(true);
    expect(host.handled("orphans")).toHaveLength(1);
    await host.clock.advance(30_000);
    expect(host.handled("orphans").map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(host.lines.join("")).toContain("BINDING_NOT_FOUND");
  });
});

describe("a message that this library did not write", () => {
  it.each([
    ["text", "text", "plain", "plain"],
    ["text that looks like JSON", "text", "123", "123"],
    ["JSON", "json", { alien: 1, body: "b" }, '{"alien":1,"body":"b"}'],
    ["a JSON string", "json", "123", "123"],
    ["bytes", "bytes", new TextEncoder().encode("ü"), "ü"],
  ] as const)("is text where it is %s", async (_, contentType, body, text) => {
    await host.sendForeign("TASKS", body, contentType);
    const [message] = host.handled("tasks");
    expect([message?.kind, message?.payload, message?.attempt]).toEqual(["text", text, 1]);
    expect(message?.id).toMatch(/^[0-9a-f]{32}$/);
  });

  it("goes to the dead letters where it has no text, and where its envelope is of a newer version", async () => {
    await host.sendForeign("TASKS", new Map([["a", 1]]), "v8");
    await host.sendForeign("TASKS", 'alien:{"v":2,"id":"1","kind":"text"}\nx', "text");
    expect(host.handled("tasks")).toEqual([]);
    const letters = host.stored("shop-tasks-dead").map(({ body }) => readAlien(body).envelope);
    expect(letters).toMatchObject([
      { dead: { error: { code: "DECODE_FAILED" } } },
      { dead: { error: { code: "DECODE_FAILED" } } },
    ]);
  });
});
