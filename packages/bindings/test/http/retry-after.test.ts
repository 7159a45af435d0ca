import { expect, test } from "vitest";
import { retryAfter } from "../../src/http/retry-after.ts";

const now = Date.UTC(2030, 0, 1);
const longest = 7 * 86_400_000;

test.each([
  ["120", 120_000],
  [" 1 ", 1_000],
  ["Tue, 01 Jan 2030 00:02:00 GMT", 120_000],
  // More than the platform can delay, or than any number can say.
  ["999999999", longest],
  ["9".repeat(400), longest],
  ["Tue, 01 Jan 2031 00:00:00 GMT", longest],
  // No wait is asked for: the queue's backoff says when.
  ["0", undefined],
  ["Mon, 31 Dec 2029 23:59:59 GMT", undefined],
  // Nothing that can be read.
  [null, undefined],
  ["", undefined],
  ["soon", undefined],
  ["-5", undefined],
  ["1.5", undefined],
  ["0x10", undefined],
  ["2030-01-01T00:02:00Z", undefined],
  ["Tue, 99 Foo 2030 00:02:00 GMT", undefined],
])("Retry-After %j waits %s ms", (header, delayMs) => {
  expect(retryAfter(header, now, longest)).toBe(delayMs);
});

test("the platform's longest delay caps it", () => {
  expect(retryAfter("3600", now, 900_000)).toBe(900_000);
});
