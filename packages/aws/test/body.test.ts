import { expect, test } from "vitest";
import { fc } from "../../../test/property.ts";
import { carriedBody, givenBody } from "../src/queue/body.ts";

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
const LEGAL = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u;

/** Where the characters are that SQS does not carry. */
const text = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({
    unit: fc.constantFrom("\0", "\b", "\t", "\x1f", "a", "\x7f", "\ufffe", "\uffff", "🛸"),
  }),
);

test("any text is carried in what SQS takes, and comes back as it was", () => {
  fc.assert(
    fc.property(text, (given) => {
      const { body, encoding } = carriedBody(given, "text");
      expect(body).toMatch(LEGAL);
      expect(givenBody(body, encoding)).toBe(given);
    }),
  );
});

test("any JSON is carried in what SQS takes, and means the same", () => {
  fc.assert(
    fc.property(
      fc.json(),
      fc.constantFrom("\ufffe", "\uffff", "\ud800", "\udc00", ""),
      (json, strange) => {
        const given = JSON.parse(`[${json},"${strange}"]`);
        const { body, encoding } = carriedBody(`[${json},"${strange}"]`, "json");
        expect(body).toMatch(LEGAL);
        expect(encoding).toBeUndefined();
        expect(JSON.parse(body)).toEqual(given);
      },
    ),
  );
});

test("a keyword of EventBridge Scheduler is nowhere in what is carried, and comes back as it was", () => {
  const keyword = "<aws.scheduler.schedule-arn>";
  const text = carriedBody(keyword, "text");
  expect(text.body).not.toContain("<aws");
  expect(givenBody(text.body, text.encoding)).toBe(keyword);
  const json = carriedBody(JSON.stringify([keyword, "<aws>"]), "json");
  expect(json).toEqual({ body: '["\\u003caws.scheduler.schedule-arn>","<aws>"]' });
  expect(JSON.parse(json.body)).toEqual([keyword, "<aws>"]);
});

test("what SQS carries is left as it is", () => {
  for (const body of ["plain", "one\r\ntwo\ttabbed", "mañana 🛸", "\x7f\x85"]) {
    expect(carriedBody(body, "text")).toEqual({ body });
  }
});

test("what says that it is JSON and is not comes back as it was too", () => {
  for (const given of ["", "{not json\0", "\x01"]) {
    const { body, encoding } = carriedBody(given, "json");
    expect(body).toMatch(LEGAL);
    expect(givenBody(body, encoding)).toBe(given);
  }
});
