import { expect, test } from "vitest";
import { backoffDelay } from "../src/queue/backoff.ts";
import { type Envelope, packEnvelope, unpackEnvelope } from "../src/queue/envelope.ts";

test("everything beside the body survives as one attribute", () => {
  const envelope: Envelope = {
    id: "01hzzzzzzzzzzzzzzzzzzzzzzz",
    sentAt: 1_893_456_000_000,
    attempt: 3,
    headers: {
      kind: "json",
      attributes: { tenant: "a", __proto: "b", "\ud800": "half" },
      job: "charge",
      maxAttempts: 2,
      trace: { traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" },
    },
  };
  expect(unpackEnvelope(packEnvelope(envelope))).toEqual(envelope);
  const least: Envelope = { id: "a", sentAt: 0, headers: { kind: "text" } };
  expect(unpackEnvelope(packEnvelope(least))).toEqual(least);
});

test.each(["01hzzzzzzzzzzzzzzzzzzzzzzz", 'a "quoted" one', "\u2028\ud800\n"])(
  "an envelope of the id %j alone is what JSON makes of it",
  (id) => {
    for (const kind of ["json", "text"] as const) {
      const packed = packEnvelope({ id, sentAt: 1_893_456_000_000, headers: { kind } });
      expect(packed).toBe(JSON.stringify({ v: 1, id, sentAt: 1_893_456_000_000, kind }));
    }
  },
);

test.each([
  '{"v":1,"id":"a","sentAt":1,"kind":"json"}\n',
  '{"v":1,"id":"a b","sentAt":1.5,"kind":"text"}',
  '{"v":1,"id":"\\u0061","sentAt":1e3,"kind":"text"}',
  '{"v":1,"id":"a","sentAt":1,"kind":"json","kind":"text"}',
  '{"v":1,"id":"a","sentAt":1,"kind":"json","attempt":2}',
])("another writer's %j is read as JSON is", (written) => {
  const { id, sentAt, kind, attempt } = JSON.parse(written);
  const counted = attempt === undefined ? {} : { attempt };
  expect(unpackEnvelope(written)).toEqual({ id, sentAt, ...counted, headers: { kind } });
});

test("a message without an envelope is foreign", () => {
  expect(unpackEnvelope(undefined)).toBeUndefined();
});

test.each([
  "",
  "null",
  "{",
  '{"v":1,"id":"a","sentAt":01,"kind":"json"}',
  '{"v":1}',
  '{"v":1,"id":"a","kind":"guess"}',
  '{"v":1,"id":"a","kind":"text"}',
  '{"v":1,"id":"a","sentAt":0,"kind":"text","attempt":"often"}',
  '{"v":1,"id":"a","sentAt":0,"kind":"text","maxAttempts":{}}',
  '{"v":1,"id":"a","sentAt":0,"kind":"text","encoding":"rot13"}',
  '{"v":2,"id":"a","sentAt":0,"kind":"text"}',
])("the envelope %j is refused", (attribute) => {
  expect(() => unpackEnvelope(attribute)).toThrow(
    expect.objectContaining({ code: "DECODE_FAILED" }),
  );
});

test("backoff is initial * factor^(n-1) up to its cap, exactly where there is no jitter", () => {
  const backoff = { initialMs: 1_000, factor: 2, maxMs: 10_000, jitter: "none" } as const;
  const delays = [1, 2, 3, 4, 5, 100].map((attempt) => backoffDelay(backoff, attempt, Math.random));
  expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000]);
});

test("full jitter picks between nothing and that", () => {
  const backoff = { initialMs: 1_000, factor: 2, maxMs: 10_000, jitter: "full" } as const;
  expect(backoffDelay(backoff, 3, () => 0)).toBe(0);
  expect(backoffDelay(backoff, 3, () => 0.25)).toBe(1_000);
});
