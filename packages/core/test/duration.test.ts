import { AlienError, type Duration, formatDuration, parseDuration } from "@alienplatform/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { fc } from "../../../test/property.ts";

describe("parseDuration", () => {
  it.each([
    ["250ms", 250],
    ["1.5s", 1_500],
    ["5m", 300_000],
    ["2h", 7_200_000],
    ["7d", 604_800_000],
    ["0s", 0],
  ])("reads %s", (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each(["", "5", "s", "-1s", "1 s", "1e3s", "1w", "5M", ".5s", "Infinitys", "99999999999999d"])(
    "refuses %j",
    (text) => {
      expect(() => parseDuration(text)).toThrow(AlienError);
    },
  );

  it("asks for a unit where a bare number was given", () => {
    const bare = () => parseDuration(30 as never);
    expect(bare).toThrow(
      expect.objectContaining({
        code: "OPTION_INVALID",
        message: "the duration 30 has no unit",
        fix: `Write "30s" or "30ms".`,
      }),
    );
  });

  it("has a type that refuses a bare number and an unknown unit", () => {
    expectTypeOf<"1.5s">().toExtend<Duration>();
    expectTypeOf<"30">().not.toExtend<Duration>();
    expectTypeOf<"1w">().not.toExtend<Duration>();
    expectTypeOf<30>().not.toExtend<Duration>();
  });
});

describe("formatDuration", () => {
  it.each([
    [0, "0ms"],
    [250, "250ms"],
    [1_500, "1.5s"],
    [90_000, "90s"],
    [300_000, "5m"],
    [43_200_000, "12h"],
    [345_600_000, "4d"],
  ])("writes %d", (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it("is read back exactly", () => {
    const readsBack = fc.property(
      fc.nat(10 ** 12),
      (ms) => parseDuration(formatDuration(ms)) === ms,
    );
    expect(() => fc.assert(readsBack)).not.toThrow();
  });
});
