import type { Outgoing } from "@alienplatform/bindings";
import type { Message } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { fc } from "../../../test/property.ts";
import { LARGEST_BYTES } from "../src/capabilities.ts";
import { type Entry, sizeOf, toDelivery, toEntry } from "../src/queue/message.ts";

const standard = { queue: "tasks", fifo: false, dead: false };
const fifo = { ...standard, fifo: true };
const LEGAL = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u;

const plain: Outgoing = {
  id: "01m8000000000000000000000a",
  body: "hello",
  headers: { kind: "text" },
  sentAt: 1_900_000_000_000,
};

const anyText = fc.string({ unit: "binary" });

const outgoing: fc.Arbitrary<Outgoing> = fc.record({
  id: fc.constant(plain.id),
  body: anyText,
  headers: fc.record(
    {
      kind: fc.constant("text" as const),
      attributes: fc.dictionary(anyText, anyText, { maxKeys: 10 }),
      job: anyText,
    },
    { requiredKeys: ["kind"] },
  ),
  sentAt: fc.constant(plain.sentAt),
  group: fc.string({ unit: "binary", minLength: 1, maxLength: 128 }),
});

/** What SQS counts: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html */
function counted({ content }: Entry): number {
  let bytes = Buffer.byteLength(content.MessageBody ?? "");
  for (const [name, value] of Object.entries(content.MessageAttributes ?? {})) {
    bytes += Buffer.byteLength(name);
    bytes += Buffer.byteLength(value.DataType ?? "");
    bytes += Buffer.byteLength(value.StringValue ?? "");
  }
  return bytes;
}

/** As SQS would hand it out. */
function handedOut({ content }: Entry, more: Partial<Message> = {}): Message {
  const { MessageBody, MessageAttributes, MessageGroupId } = content;
  return {
    MessageId: "5fea7756-0ea4-451a-a703-a558b933e274",
    ReceiptHandle: "receipt",
    ...(MessageBody === undefined ? {} : { Body: MessageBody }),
    ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
    Attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1545082649183",
      ...(MessageGroupId === undefined ? {} : { MessageGroupId }),
    },
    ...more,
  };
}

test("a message is as large as SQS counts it", () => {
  fc.assert(
    fc.property(outgoing, fc.constantFrom(standard, fifo), (message, place) => {
      expect(sizeOf(message, place)).toBe(counted(toEntry(message, place)));
    }),
  );
});

test("any message comes back as it was sent, and every attribute is what SQS takes", () => {
  fc.assert(
    fc.property(outgoing, (message) => {
      const entry = toEntry(message, fifo);
      for (const { StringValue } of Object.values(entry.content.MessageAttributes ?? {})) {
        expect(StringValue).toMatch(LEGAL);
      }
      expect(entry.content.MessageGroupId).toMatch(/^[!-~]{1,128}$/);
      const { id, body, headers, sentAt, group } = toDelivery(handedOut(entry), fifo);
      expect({ id, body, headers, sentAt, group }).toEqual(message);
    }),
  );
});

test("groups that SQS takes are its own groups; others are told apart by a hash", () => {
  const idOf = (group: string) => toEntry({ ...plain, group }, fifo).content.MessageGroupId;
  expect(idOf("customer-7")).toBe("customer-7");
  expect(idOf("!~".repeat(64))).toBe("!~".repeat(64));
  const hashed = ["with space", "ü", "ü".repeat(128), "\0"].map(idOf);
  expect(hashed).toEqual(hashed.map(() => expect.stringMatching(/^alien-[0-9a-f]{64}$/)));
  expect(new Set(hashed).size).toBe(4);
});

test("lent to one at a time all messages are one group to SQS, and come back with their own", () => {
  const one = { ...fifo, oneGroup: true };
  const entries = ["customer-7", "customer-8"].map((group) => toEntry({ ...plain, group }, one));
  expect(new Set(entries.map(({ content }) => content.MessageGroupId)).size).toBe(1);
  expect(entries.map((entry) => toDelivery(handedOut(entry), one).group)).toEqual([
    "customer-7",
    "customer-8",
  ]);
  const dead = { ...one, dead: true };
  expect(toEntry({ ...plain, group: "customer-7" }, dead).content.MessageGroupId).toBe(plain.id);
  expect(sizeOf({ ...plain, group: "customer-7" }, one)).toBe(
    counted(toEntry({ ...plain, group: "customer-7" }, one)),
  );
});

test("a message of a foreign producer is text, under the id and the time of SQS", () => {
  const message = handedOut({ content: { MessageBody: '{"n":1}' }, bytes: 0 });
  expect(toDelivery(message, standard)).toEqual({
    id: "5fea7756-0ea4-451a-a703-a558b933e274",
    receipt: "receipt",
    body: '{"n":1}',
    headers: { kind: "text" },
    attempt: 1,
    sentAt: 1545082649183,
  });
});

test("an envelope that cannot be read marks its message", () => {
  const MessageAttributes = { alien: { DataType: "String", StringValue: "{" } };
  const { undecodable } = toDelivery(
    handedOut({ content: { MessageBody: "a", MessageAttributes }, bytes: 0 }),
    standard,
  );
  expect(undecodable?.code).toBe("DECODE_FAILED");
});

test("the group of a fair queue is none of ours", () => {
  const entry = toEntry(plain, standard);
  const Attributes = { MessageGroupId: "tenant-1" };
  expect(toDelivery(handedOut(entry, { Attributes }), standard).group).toBeUndefined();
});

test("the attempts of a message go on where it was sent again, and count what SQS counts", () => {
  const entry = toEntry({ ...plain, attempt: 3 }, standard);
  const attemptOf = (ApproximateReceiveCount: string) =>
    toDelivery(handedOut(entry, { Attributes: { ApproximateReceiveCount } }), standard).attempt;
  expect([attemptOf("1"), attemptOf("2")]).toEqual([3, 4]);
});

const dead = {
  source: "tasks",
  attempts: 3,
  deadAt: 1_900_000_060_000,
  error: { code: "RangeError", message: "no such page" },
};

test("a dead letter that AWS moved back into its queue is alive, with a fresh budget", () => {
  const entry = toEntry({ ...plain, headers: { kind: "text", dead } }, { ...standard, dead: true });
  expect(toDelivery(handedOut(entry), { ...standard, dead: true }).headers.dead).toEqual(dead);
  const moved = toDelivery(handedOut(entry), standard);
  expect([moved.headers, moved.attempt, moved.id]).toEqual([{ kind: "text" }, 1, plain.id]);
});

test("a dead letter of another queue tells of its death where it is a message", () => {
  const entry = toEntry({ ...plain, headers: { kind: "text", dead } }, standard);
  expect(toDelivery(handedOut(entry), { ...standard, queue: "failed" }).headers.dead).toEqual(dead);
});

test("each dead letter of a FIFO queue is a group of its own, and keeps the one it had", () => {
  const place = { ...fifo, dead: true };
  const entry = toEntry({ ...plain, group: "a", headers: { kind: "text", dead } }, place);
  expect(entry.content.MessageGroupId).toBe(plain.id);
  expect(toDelivery(handedOut(entry), place).group).toBe("a");
});

const place = { ...standard, dead: true };

/** A letter that tells at length of its death, with so much room for that. */
function letterWithRoom(room: number): Outgoing {
  const error = { code: "C".repeat(1_024), message: "\u0001".repeat(1_024) };
  const body = "x".repeat(LARGEST_BYTES - sizeOf({ ...plain, body: "" }, standard) - room);
  return { ...plain, body, headers: { kind: "text", dead: { ...dead, error } } };
}

test("what a death tells is cut to the room that there is", () => {
  for (const room of [0, 100, 400, 1_024, 3_000, 20_000]) {
    const letter = letterWithRoom(room);
    const entry = toEntry(letter, place);
    expect(entry.bytes).toBeLessThanOrEqual(LARGEST_BYTES);
    const told = toDelivery(handedOut(entry), place);
    expect([told.id, told.body]).toEqual([plain.id, letter.body]);
    const { code = "", message = "" } = told.headers.dead?.error ?? {};
    const some = message.length > 10 && message.endsWith("…");
    expect({ room, code: code.length, some, whole: message.length }).toMatchObject(
      {
        0: { code: 0 },
        100: { code: 0 },
        400: { code: 50 },
        1024: { code: 50, some: true },
        3000: { code: 50, some: true },
        20000: { code: 1_024, whole: 1_024 },
      }[room] ?? {},
    );
  }
});

test("a letter as large as SQS takes goes without an envelope, whole", () => {
  const body = "x".repeat(LARGEST_BYTES);
  const letter = { ...plain, body, headers: { kind: "text", dead } } as const;
  const entry = toEntry(letter, place);
  expect(entry.bytes).toBe(LARGEST_BYTES);
  expect(entry.content.MessageAttributes).toEqual({});
});

test("attributes that a foreign producer named as ours keep nothing back", () => {
  const named = (name: string, value: string) =>
    handedOut(
      { ...toEntry({ ...plain, group: "g" }, fifo) },
      { MessageAttributes: { [name]: { DataType: "String", StringValue: value } } },
    );
  expect(toDelivery(named("alien.group", "not JSON"), fifo)).toMatchObject({
    body: "hello",
    group: "g",
  });
  const coded = JSON.stringify({ v: 1, id: "m", sentAt: 0, kind: "text", encoding: "rot13" });
  expect(toDelivery(named("alien", coded), fifo)).toMatchObject({
    body: "hello",
    undecodable: { code: "DECODE_FAILED" },
  });
});
