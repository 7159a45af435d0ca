import { expect } from "vitest";

/** The lines of the output hold each of the expected ones, in their order; "…" is whatever is there. */
export function expectLines(output: readonly string[], expected: readonly string[]): void {
  let from = 0;
  for (const line of expected.filter((one) => one.trim() !== "")) {
    const pattern = patternOf(line);
    const at = output.findIndex((one, index) => index >= from && pattern.test(one));
    expect(at >= 0, `no line is "${line.trim()}", but:\n${output.slice(from).join("\n")}`).toBe(
      true,
    );
    from = at + 1;
  }
}

/** The output has that JSON, whose texts may have "…" for whatever is there; what it does not show is not compared. */
export function expectJson(output: string, expected: string): void {
  expect(JSON.parse(output)).toEqual(matching(JSON.parse(expected)));
}

function matching(value: unknown): unknown {
  if (typeof value === "string" && value.includes("…")) {
    return expect.stringMatching(new RegExp(`^${patternOf(value).source}$`, "s"));
  }
  if (Array.isArray(value)) return value.map(matching);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, matching(one)]));
}

function patternOf(line: string): RegExp {
  const parts = line.trim().split("…");
  const escaped = parts.map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(escaped.map((part) => part.replaceAll(/\s+/g, "\\s+")).join(".*"));
}
