import { type HttpApiOptions, httpApi } from "@alienplatform/api";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Ask, asking } from "./ask.ts";
import { bearer, guarded, guardedStack } from "./guarded.ts";
import { servedTestQueues } from "./served.ts";

let queues: TestQueues;
let ask: Ask;
let served: (options?: HttpApiOptions) => Ask;

beforeAll(async () => {
  queues = await createTestQueues(guardedStack);
  served = (options) => guarded(queues, options);
  ask = served();
});
afterAll(() => queues.close());

describe("limits (S8)", () => {
  it.each([
    ["a page of more than 500", "/queues/tasks/messages?limit=501"],
    ["a page of none", "/queues/tasks/dead-letters?limit=0"],
    ["a limit that is no number", "/jobs?queue=tasks&limit=ten"],
    ["a filter of years", "/queues/tasks/dead-letters?olderThan=99999999999d"],
    ["a search of many words", `/search?q=${"a".repeat(2_000)}`],
    ["a name that is none", "/queues/tasks/dead-letters?eror=timeout"],
    ["a field that is none", "/queues/tasks/messages?where=.:1"],
  ])("refuse %s", async (_, path) => {
    expect((await ask("GET", path)).status).toBe(400);
  });

  it("hold for what is looked for among names: a long path and a long key", async () => {
    const long = await ask("GET", `/queues/${"a".repeat(100_000)}/mesages`);
    expect([long.status, long.text.length < 2_000]).toEqual([404, true]);
    const key = await ask("POST", "/queues/tasks/messages", { ["a".repeat(900_000)]: 1 }, bearer);
    expect([key.status, key.text.length < 2_000]).toEqual([400, true]);
  });

  it("hold for attributes: too many are counted, and none of them is looked at", async () => {
    const attributes = Object.fromEntries([...Array(60_000).keys()].map((n) => [`a${n}`, n]));
    const many = await ask("POST", "/queues/tasks/messages", { payload: 1, attributes }, bearer);
    expect(many.status).toBe(400);
    expect(many.body.detail).toBe("attributes: has 60000 names; a message has at most 10");
  });

  it.each(["1 hour", 60, "9".repeat(40)])("say how to write a duration, of %j", async (delay) => {
    const sent = { payload: 1, delay };
    const { status, body } = await ask("POST", "/queues/tasks/messages", sent, bearer);
    expect(status).toBe(400);
    expect(body.detail).toBe(
      'delay: not a duration; write a number and a unit: "250ms", "1.5s", "5m", "2h" or "7d"',
    );
  });

  it("are those that are set", async () => {
    const small = served({ bodyLimit: 100 });
    expect(
      (await small("POST", "/queues/tasks/messages", { payload: "x".repeat(90) }, bearer)).status,
    ).toBe(413);
    expect((await small("POST", "/queues/tasks/messages", { payload: "x" }, bearer)).status).toBe(
      202,
    );
  });
});

it("a receipt is not to be guessed (S9): 2,000 that are nearly one are refused", async () => {
  const post = (path: string, body: unknown) => ask("POST", path, body, bearer);
  await post("/queues/tasks/messages", { payload: 1 });
  const { messages } = (await post("/queues/tasks/receive", {})).body;
  const receipt = messages[0]?.receiptHandle ?? "";
  let accepted = 0;
  for (let round = 0; round < 20; round++) {
    const guesses = Array.from({ length: 100 }, (_, n) => nearly(receipt, round * 100 + n));
    const { results } = (await post("/queues/tasks/ack", { receiptHandles: guesses })).body;
    accepted += results.filter((result) => Object(result).error === undefined).length;
  }
  expect(accepted).toBe(0);
  expect((await post("/queues/tasks/ack", { receiptHandle: receipt })).status).toBe(200);
});

it("no secret is in an error or a log (S7): 20 canaries, all outputs", async () => {
  const written: string[] = [];
  const streams = [process.stdout, process.stderr];
  const originals = streams.map((stream) => stream.write);
  for (const stream of streams) {
    stream.write = (chunk: string | Uint8Array) => {
      written.push(String(chunk));
      return true;
    };
  }
  const canary = (n: number) => `canary-${n}-5e0f`;
  const failing = httpApi({
    ...servedTestQueues(guardedStack, queues),
    client: () => {
      throw new Error(`connection string: ${canary(18)}`);
    },
    operations: () => {
      throw new TypeError(`password ${canary(19)}`);
    },
  });
  try {
    const path = "/queues/tasks/messages";
    const post = (body: unknown, headers: Readonly<Record<string, string>> = bearer) =>
      ask("POST", path, body, headers);
    const answers = await Promise.all([
      post(`{"payload":"${canary(0)}"`),
      post(`{"payload":${canary(1)}}`),
      post(`${canary(2)}`),
      post({ payload: { text: canary(3), prioritty: 1 }, prioritty: 1 }),
      post({ payload: canary(4), delay: "soon" }),
      post({ idempotencyKey: canary(5).repeat(30) }),
      post({ attributes: { a: [canary(6)] } }),
      post({
        attributes: Object.fromEntries([...Array(11).keys()].map((n) => [`a${n}`, canary(7)])),
      }),
      post({}, { authorization: `Bearer ${canary(8)}` }),
      post({}, { cookie: `alien-token=${canary(9)}` }),
      post({}, { ...bearer, origin: `http://${canary(10)}.example` }),
      post({}, { ...bearer, host: `${canary(11)}.example` }),
      ask("GET", `/console/?token=${canary(12)}`),
      post({ payload: canary(13), kind: "jason" }),
      post({ payload: { a: canary(14) }, kind: "text" }),
      post({}, { ...bearer, "idempotency-key": canary(15).repeat(30) }),
      ask("POST", "/queues/tasks/ack", { receiptHandle: canary(16) }, bearer),
      ask("PUT", "/queues/tasks/dead-letters/x", `{"payload":{"a":"${canary(17)}"}}`, bearer),
      asking(failing)("POST", path, {}),
      asking(failing)("GET", "/queues"),
    ]);
    expect(answers.filter(({ status }) => status < 300)).toEqual([]);
    const outputs = answers.map(({ text, headers }) => text + JSON.stringify([...headers]));
    expect([...outputs, ...written].filter((text) => text.includes("5e0f"))).toEqual([]);
  } finally {
    for (const [index, stream] of streams.entries()) {
      const original = originals[index];
      if (original !== undefined) stream.write = original;
    }
  }
});

/** The receipt with another character at some place, or two. */
function nearly(receipt: string, seed: number): string {
  const at = seed % receipt.length;
  const other = "0123456789abcdefghijklmnopqrstuvwxyz"[(seed * 7 + 3) % 36] ?? "0";
  const changed = receipt.slice(0, at) + other + receipt.slice(at + 1);
  return changed === receipt ? `${receipt.slice(0, at)}~${receipt.slice(at + 1)}` : changed;
}
