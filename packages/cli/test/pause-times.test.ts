import { expect, it, onTestFinished, vi } from "vitest";
import { readUntil } from "../src/commands/queue/until.ts";
import { printPause } from "../src/print/pause.ts";

const pause = { reason: "no disk", since: 0, whilePaused: "wait" } as const;

/** This machine's zone, until the test is over. */
function inZone(zone: string): void {
  vi.stubEnv("TZ", zone);
  onTestFinished(() => void vi.unstubAllEnvs());
}

it.each([
  ["Asia/Kolkata", "2030-01-31T18:00", "2030-01-31T12:30:00Z", "2030-01-31T18:00:00+05:30"],
  ["America/St_Johns", "2030-01-31T18:00", "2030-01-31T21:30:00Z", "2030-01-31T18:00:00-03:30"],
  ["Asia/Kolkata", "2030-01-31T18:00Z", "2030-01-31T18:00:00Z", "2030-01-31T23:30:00+05:30"],
  ["Asia/Kolkata", "2030-01-31", "2030-01-30T18:30:00Z", "2030-01-31T00:00:00+05:30"],
  ["UTC", "2030-01-31T18:00+01:00", "2030-01-31T17:00:00Z", "2030-01-31T17:00:00+00:00"],
])("in %s a pause until %s ends at %s, and is shown with its zone", (zone, given, at, shown) => {
  inZone(zone);
  const until = readUntil(given);
  expect(until).toEqual(new Date(at));
  expect(printPause({ ...pause, until: Date.parse(at) }, Date.parse(at) - 1_000)).toBe(
    `no disk; until ${shown} (in 1s); messages wait`,
  );
});

it("a pause takes a duration, and refuses what is neither", () => {
  expect(readUntil("2h")).toBe("2h");
  expect(() => readUntil("tomorrow")).toThrow("neither a duration nor a time");
});
