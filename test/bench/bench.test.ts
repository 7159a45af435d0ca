import { expect, it } from "vitest";
import { isMet, type Line, oursAtMost, ratioAtLeast, ratioOf } from "./line.ts";
import { interleave, percentile } from "./measure.ts";
import { PAYLOAD_BYTES, payload } from "./payload.ts";
import { printLine } from "./print.ts";
import { readSetting } from "./setting.ts";

const LINE: Line = { name: "send", unit: "/s", ours: 80, other: { name: "raw", value: 100 } };

it("every payload has the same number of bytes", () => {
  for (const made of [payload(0), payload(9_999_999, 123_456.789)]) {
    expect(Buffer.byteLength(JSON.stringify(made))).toBe(PAYLOAD_BYTES);
  }
});

it("subjects run in turn, and each is given its median", async () => {
  const order: string[] = [];
  const figures = { a: [5, 1, 3], b: [10, 30, 20] };
  const subject = (name: "a" | "b") => async () => {
    order.push(name);
    return { rate: figures[name].shift() ?? Number.NaN };
  };
  const medians = await interleave(3, { a: subject("a"), b: subject("b") });
  expect(order.join("")).toBe("ababab");
  expect(medians).toEqual({ a: { rate: 3 }, b: { rate: 20 } });
});

it("a percentile is a value that was measured", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect([percentile(hundred, 50), percentile(hundred, 99)]).toEqual([50, 99]);
  expect(percentile([7], 99)).toBe(7);
});

it("a target counts on the ratio or on our own figure", () => {
  expect(ratioOf(LINE)).toBe(0.8);
  expect(isMet(LINE)).toBeUndefined();
  expect(isMet({ ...LINE, target: ratioAtLeast(0.8) })).toBe(true);
  expect(isMet({ ...LINE, target: ratioAtLeast(0.81) })).toBe(false);
  expect(isMet({ ...LINE, target: oursAtMost(79) })).toBe(false);
  expect(printLine({ ...LINE, target: ratioAtLeast(0.81) })).toMatch(
    /0\.80 +\| at least 0\.81 +\| NO/,
  );
});

it("--quick means one round unless told otherwise", () => {
  expect(readSetting([]).rounds).toBe(3);
  expect(readSetting(["--quick"]).rounds).toBe(1);
  expect(readSetting(["--quick", "--rounds", "5"]).rounds).toBe(5);
  expect(() => readSetting(["--rounds", "0"])).toThrow(/from 1 on/);
});
