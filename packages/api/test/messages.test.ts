import { httpApi } from "@alienplatform/api";
import * as alien from "@alienplatform/core";
import { createTestQueues } from "@alienplatform/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { z } from "zod";
import { type Ask, asking } from "./ask.ts";
import { servedTestQueues } from "./served.ts";

const stack = new alien.Stack("shop")
  .add(new alien.Queue("tasks").maxAttempts(2).build())
  .add(new alien.Queue("mail").schema(z.object({ to: z.email() })).build())
  .add(new alien.Queue("accounts").fifo({ group: "account" }).build())
  .build();

let ask: Ask;

beforeEach(async () => {
  const queues = await createTestQueues(stack);
  onTestFinished(() => queues.close());
  ask = asking(httpApi(servedTestQueues(stack, queues)));
});

const post = (path: string, body?: unknown, headers?: Readonly<Record<string, string>>) =>
  ask("POST", path, body, headers);

describe("a message over HTTP", () => {
  it("is sent, received and acknowledged", async () => {
    const sent = await post("/queues/tasks/messages", { payload: { n: 1 } });
    expect(sent.status).toBe(202);
    const { id } = sent.body;
    const received = await post("/queues/tasks/receive", { max: 10 });
    const { messages } = received.body;
    expect(messages).toMatchObject([{ id, payload: { n: 1 }, kind: "json", attempt: 1 }]);
    const receiptHandle = messages[0]?.receiptHandle;
    const acked = await post("/queues/tasks/ack", { receipt_handle: receiptHandle });
    expect(acked.body).toEqual({ results: [{ applied: true }] });
    expect((await ask("GET", "/queues/tasks")).body).toMatchObject({
      stats: { ready: 0, inFlight: 0 },
    });
  });

  it("keeps its payload letter by letter, one by one and in a batch", async () => {
    const text = '{"id":9007199254740993,"sum":1.10,"e":1e400,"deep":{"a":[12345678901234567890]}}';
    await post("/queues/tasks/messages", `{ "payload" : ${text}, "priority": 3 }`);
    await post(
      "/queues/tasks/messages/batch",
      `{"messages":[{"payload":${text}},{"payload":[ 1 ]}]}`,
    );
    const received = (await post("/queues/tasks/receive", { max: 10 })).text;
    expect(received.split(text)).toHaveLength(3);
    expect(received).toContain('"payload":[ 1 ]');
    expect(received).toContain('"sentAt":"2030-01-01T00:00:00.000Z"');
  });

  it("keeps its payload however deep it is nested, and its neighbours in a batch", async () => {
    const deep = `${"[".repeat(20_000)}${"]".repeat(20_000)}`;
    await post("/queues/tasks/messages", `{"payload":${deep}}`);
    await post("/queues/tasks/messages/batch", `{"messages":[{"payload":1},{"payload":${deep}}]}`);
    const { text } = await post("/queues/tasks/receive", { max: 10 });
    expect(text.split(`"payload":${deep}`)).toHaveLength(3);
    expect(text).toContain('"payload":1');
  });

  it("is refused with an attribute that no object can hold", async () => {
    const refused = await post(
      "/queues/tasks/messages",
      '{"attributes":{"a":"b","__proto__":"c"}}',
    );
    expect(refused).toMatchObject({ status: 400, body: { code: "OPTION_INVALID" } });
  });

  it("is null without a payload, and text where it is a string, unless that is said to be JSON", async () => {
    await post("/queues/tasks/messages");
    await post("/queues/tasks/messages", { payload: "123" });
    await post("/queues/tasks/messages", { payload: "123", kind: "json" });
    const { messages } = (await post("/queues/tasks/receive", { max: 3 })).body;
    expect(messages).toMatchObject([
      { kind: "json", payload: null },
      { kind: "text", payload: "123" },
      { kind: "json", payload: "123" },
    ]);
  });

  it("takes its idempotency key from the body or from the header", async () => {
    const first = (await post("/queues/tasks/messages", { idempotency_key: "a" })).body;
    const again = await post("/queues/tasks/messages", {}, { "idempotency-key": "a" });
    expect(again.body).toEqual({ id: first.id, status: "PENDING", deduplicated: true });
  });

  it("waits for its delay, in either spelling", async () => {
    await post("/queues/tasks/messages", { delay_seconds: 5 });
    await post("/queues/tasks/messages", { delay: "5s" });
    await post("/queues/tasks/messages", { notBefore: "2030-01-01T00:00:05.000Z" });
    expect((await ask("GET", "/queues/tasks")).body).toMatchObject({
      stats: { ready: 0, delayed: 3 },
    });
    const both = await post("/queues/tasks/messages", { delay: "5s", delaySeconds: 5 });
    expect(both.body).toMatchObject({ status: 400, code: "OPTION_INVALID" });
  });

  it("comes back when it is given back, and dies with its reason", async () => {
    const { id } = (await post("/queues/tasks/messages", { payload: 1 })).body;
    const take = async () => {
      const { messages } = (await post("/queues/tasks/receive", {})).body;
      return messages[0]?.receiptHandle;
    };
    expect(
      (await post("/queues/tasks/extend", { receiptHandle: await take(), lease: "5m" })).status,
    ).toBe(200);
    const { messages } = (await post("/queues/tasks/receive", {})).body;
    expect(messages).toEqual([]);
    await post("/queues/tasks/messages", { payload: 2 });
    await post("/queues/tasks/nack", { receipt_handles: [await take()], reason: "busy" });
    const last = await take();
    await post("/queues/tasks/dead-letter", { receiptHandle: last, reason: "no such account" });
    const { items, next } = (await ask("GET", "/queues/tasks/dead-letters")).body;
    expect(items).toMatchObject([
      { state: "dead", payload: 2, attempts: 2, error: { message: "no such account" } },
    ]);
    expect(items[0]?.id).not.toBe(id);
    expect(next).toBe(items[0]?.id);
    const gone = await post("/queues/tasks/ack", { receiptHandle: last });
    expect(gone.status).toBe(409);
    expect(gone.body).toMatchObject({ code: "RECEIPT_EXPIRED", status: 409 });
  });
});

describe("a problem", () => {
  it.each([
    ["an unknown queue", "/queues/task/messages", {}, 400, "UNKNOWN_QUEUE", "Did you mean tasks?"],
    [
      "a mistyped option",
      "/queues/tasks/messages",
      { prioritty: 1 },
      400,
      "OPTION_INVALID",
      'Write "priority".',
    ],
    [
      "no JSON",
      "/queues/tasks/messages",
      '{"payload":',
      400,
      "OPTION_INVALID",
      "Send the body as JSON, in UTF-8.",
    ],
    [
      "what the schema refuses",
      "/queues/mail/messages",
      { payload: { to: "nobody" } },
      422,
      "PAYLOAD_REFUSED",
      "Send what the schema accepts, as JSON.",
    ],
    ["no group", "/queues/accounts/messages", { payload: {} }, 400, "GROUP_MISSING", undefined],
    [
      "no group, written as null",
      "/queues/accounts/messages",
      { payload: {}, group: null },
      400,
      "GROUP_MISSING",
      undefined,
    ],
    [
      "a group that is none",
      "/queues/accounts/messages",
      { payload: {}, group: [] },
      400,
      "GROUP_INVALID",
      "Use a string of 1 to 128 characters, a number or a boolean.",
    ],
    [
      "a group that would be rounded",
      "/queues/accounts/messages",
      '{"payload":{},"group":12345678901234567890}',
      400,
      "GROUP_INVALID",
      "Send numbers beyond 2^53 as text: as numbers they are rounded.",
    ],
    [
      "a field for the group that would be rounded",
      "/queues/accounts/messages",
      '{"payload":{"account":12345678901234567891}}',
      400,
      "GROUP_INVALID",
      "Send numbers beyond 2^53 as text: as numbers they are rounded.",
    ],
    [
      "an unknown route",
      "/queues/tasks/message",
      {},
      404,
      "UNKNOWN_ROUTE",
      "Did you mean /queues/tasks/messages?",
    ],
    [
      "no confirmation",
      "/queues/tasks/purge",
      {},
      400,
      "CONFIRMATION_REQUIRED",
      "Add ?confirm=tasks",
    ],
  ])("of %s says what to do", async (_, path, body, status, code, fix) => {
    const answer = await post(path, body);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    const type = `urn:alien-queues:error:${code}`;
    expect(answer.body).toMatchObject({ type, status, code, ...(fix && { fix }) });
  });

  it("of one message of a batch keeps back no other", async () => {
    const messages = [
      { payload: { to: "a@b.example" } },
      { payload: {} },
      { payload: { to: "c@d.example" } },
    ];
    const { results } = (await post("/queues/mail/messages/batch", { messages })).body;
    expect(results).toMatchObject([
      { deduplicated: false },
      { error: { code: "PAYLOAD_REFUSED" } },
      { deduplicated: false },
    ]);
  });

  it("of a body that is too large comes before it is read", async () => {
    const answer = await post("/queues/tasks/messages", { payload: "x".repeat(1024 * 1024) });
    expect(answer.status).toBe(413);
    expect(answer.body).toMatchObject({ code: "MESSAGE_TOO_LARGE" });
  });
});

it("the description is OpenAPI 3.1 of every route", async () => {
  const document = (await ask("GET", "/openapi.json")).body;
  expect(document.openapi).toBe("3.1.0");
  expect(document.paths).toHaveProperty(["/queues/{queue}/messages", "post"]);
  expect(document).toHaveProperty("components.schemas.Problem.required");
  expect(JSON.stringify(document)).not.toContain("$defs");
});
