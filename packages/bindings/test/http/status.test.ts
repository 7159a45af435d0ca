import { expect, test } from "vitest";
import { answeredBy } from "../../src/http/status.ts";

test.each([
  [200, "ack"],
  [202, "ack"],
  [204, "ack"],
  [299, "ack"],
  // Not followed, whatever kind of redirect.
  [300, "retry"],
  [301, "retry"],
  [302, "retry"],
  [304, "retry"],
  [307, "retry"],
  [308, "retry"],
  [400, "deadLetter"],
  [401, "deadLetter"],
  [404, "deadLetter"],
  [408, "retry"],
  [409, "deadLetter"],
  [410, "deadLetter"],
  [422, "deadLetter"],
  [425, "deadLetter"],
  [429, "retry"],
  [451, "deadLetter"],
  [499, "deadLetter"],
  [500, "retry"],
  [501, "retry"],
  [503, "retry"],
  [599, "retry"],
  // No answer of HTTP: an opaque redirect, an interim answer, nonsense.
  [0, "retry"],
  [101, "retry"],
  [600, "retry"],
  [Number.NaN, "retry"],
] as const)("status %i means %s", (status, answered) => {
  expect(answeredBy(status)).toBe(answered);
});
