import type { Outgoing } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { fc } from "../../../test/property.ts";
import { looseKey, readLooseKey, readSegmentKey, segmentKey } from "../src/engine/keys.ts";
import { decodeRecord, encodeRecord, recordLength, recordRoom } from "../src/engine/record.ts";

/** UTF-8 has no lone surrogates, so a text with one cannot come back as it was. */
const text = fc.string({ unit: "grapheme", maxLength: 60 });

const outgoing: fc.Arbitrary<Outgoing> = fc.record(
  {
    id: fc.stringMatching(/^[0-9a-z]{26}$/),
    body: fc.oneof(text, fc.constant("x".repeat(20_000)), fc.constant("ß".repeat(20_000))),
    sentAt: fc.nat({ max: 2 ** 47 }),
    headers: fc.record(
      {
        kind: fc.constantFrom("json" as const, "text" as const),
        attributes: fc.dictionary(text, text, { noNullPrototype: true }),
        job: text,
        maxAttempts: fc.integer({ min: 1, max: 100 }),
        trace: fc.record({ traceparent: text, tracestate: text }),
      },
      { requiredKeys: ["kind"] },
    ),
    group: text,
    priority: fc.integer({ min: 1, max: 9 }),
  },
  { requiredKeys: ["id", "body", "sentAt", "headers"] },
);

test("a record reads back as what was written, wherever it lies", () => {
  fc.assert(
    fc.property(fc.array(outgoing, { maxLength: 4 }), fc.nat({ max: 50 }), (messages, start) => {
      const rooms = messages.reduce((sum, message) => sum + recordRoom(message), start);
      const target = Buffer.alloc(rooms, 0xff);
      const places: number[] = [];
      let end = start;
      for (const message of messages) {
        places.push(end);
        end = encodeRecord(message, target, end);
      }
      for (const [index, at] of places.entries()) {
        expect(decodeRecord(target, at)).toEqual(messages[index]);
        expect(at + recordLength(target, at)).toBe(places[index + 1] ?? end);
      }
    }),
  );
});

const u48 = fc.nat({ max: 2 ** 48 - 1 });

test("keys sort as what they stand for", () => {
  const number = fc.nat({ max: 0xffffffff });
  const place = fc.tuple(number, u48, u48);
  fc.assert(
    fc.property(place, place, (a, b) => {
      const order = a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
      expect(Math.sign(Buffer.compare(looseKey(...a), looseKey(...b)))).toBe(Math.sign(order));
      expect(readLooseKey(looseKey(...a))).toEqual({ due: a[1], serial: a[2] });
      expect(readSegmentKey(segmentKey(a[0], 7, a[1]))).toEqual({ lane: 7, segment: a[1] });
    }),
  );
});
