import type { Delivery, Outgoing } from "@alienplatform/bindings";
import { describe, expect, it } from "vitest";
import { fc } from "../../../../test/property.ts";
import { FRAME_MAX, FrameCursor, FrameReader, FrameWriter } from "../../src/share/frame.ts";
import {
  readDelivery,
  readOutgoing,
  writeDelivery,
  writeOutgoing,
} from "../../src/share/message-codec.ts";

interface Frame {
  readonly operation: number;
  readonly request: number;
  readonly payload: string;
}

function reading(): { readonly frames: Frame[]; readonly reader: FrameReader } {
  const frames: Frame[] = [];
  const reader = new FrameReader((operation, request, buffer, at, end) => {
    frames.push({ operation, request, payload: buffer.toString("latin1", at, end) });
  });
  return { frames, reader };
}

function cursorOver(write: (frame: FrameWriter) => void): FrameCursor {
  const writer = new FrameWriter();
  writer.begin(1, 1);
  write(writer);
  const frame = writer.end();
  const cursor = new FrameCursor();
  cursor.reset(frame, 9, frame.length);
  return cursor;
}

describe("frames", () => {
  it("are the same whatever pieces they arrive in", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.string({ maxLength: 300 }))),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        (sent, cuts) => {
          const writer = new FrameWriter();
          for (const [index, [operation, text]] of sent.entries()) {
            writer.begin(operation, index);
            writer.text(text);
            writer.end();
          }
          const bytes = Buffer.concat(writer.drain());
          const { frames, reader } = reading();
          for (let at = 0, cut = 0; at < bytes.length; cut++) {
            const size = cuts[cut % cuts.length] ?? 1;
            reader.push(bytes.subarray(at, at + size));
            at += size;
          }
          expect(frames.map(({ operation }) => operation)).toEqual(sent.map(([code]) => code));
          expect(frames.map(({ request }) => request)).toEqual(sent.map((_, index) => index));
        },
      ),
      { numRuns: 100 },
    );
  });

  it("stay whole when they outgrow a slab", () => {
    const writer = new FrameWriter();
    const texts = [10, 200_000, 3_000_000, 5, 260_000].map((length) => "x".repeat(length));
    const kept = texts.map((text, index) => {
      writer.begin(2, index);
      writer.text(text);
      return writer.end();
    });
    const sent = Buffer.concat(writer.drain());
    expect(Buffer.concat(kept).equals(sent)).toBe(true);
    expect(writer.drain()).toEqual([]);
  });

  it("that were begun and not ended are never sent", () => {
    const writer = new FrameWriter();
    writer.begin(1, 1);
    writer.text("half");
    writer.begin(2, 2);
    writer.end();
    const { frames, reader } = reading();
    for (const bytes of writer.drain()) reader.push(bytes);
    expect(frames).toEqual([{ operation: 2, request: 2, payload: "" }]);
  });

  it("longer than the limit are refused before they are read", () => {
    const head = Buffer.alloc(4);
    head.writeUInt32BE(FRAME_MAX + 1);
    expect(() => reading().reader.push(head)).toThrow(
      expect.objectContaining({ code: "PROTOCOL_INVALID" }),
    );
  });

  it("are never read beyond their end", () => {
    const cursor = cursorOver((frame) => frame.u32(1_000));
    expect(() => cursor.text()).toThrow(expect.objectContaining({ code: "PROTOCOL_INVALID" }));
  });
});

const text = fc.string({ unit: "binary", maxLength: 40 });
const headers = fc.record(
  {
    kind: fc.constantFrom("json" as const, "text" as const),
    attributes: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
    job: text,
    maxAttempts: fc.integer({ min: 1, max: 100 }),
  },
  { requiredKeys: ["kind"] },
);

describe("a message", () => {
  it("comes out of a frame as it went in", () => {
    const outgoing = fc.record(
      {
        id: fc.string({ minLength: 26, maxLength: 26, unit: "grapheme-ascii" }),
        body: text,
        headers,
        sentAt: fc.integer({ min: 0, max: 2 ** 48 - 1 }),
        delayMs: fc.integer({ min: 0, max: 604_800_000 }),
        group: text,
        priority: fc.integer({ min: 0, max: 9 }),
        concurrency: fc.record({ key: text, limit: fc.integer({ min: 1, max: 1000 }) }),
        idempotencyKey: text,
      },
      { requiredKeys: ["id", "body", "headers", "sentAt"] },
    );
    fc.assert(
      fc.property(outgoing, (message) => {
        // The generator leaves absent fields out, which the optional fields of the type ask for.
        const cursor = cursorOver((frame) => writeOutgoing(frame, message as Outgoing));
        expect(readOutgoing(cursor)).toEqual(message);
      }),
      { numRuns: 200 },
    );
  });

  it("on loan comes out as it went in, its body as text", () => {
    const delivery: Delivery = {
      id: "01",
      receipt: "r",
      body: Buffer.from("héllo"),
      headers: { kind: "text", attributes: { __proto__x: "1" } },
      attempt: 3,
      sentAt: 5,
      priority: 9,
      group: "g",
      leaseUntil: 1_700_000_000_000,
    };
    const cursor = cursorOver((frame) => writeDelivery(frame, delivery));
    expect(readDelivery(cursor)).toEqual({ ...delivery, body: "héllo" });
  });
});
