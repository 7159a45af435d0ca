import { format } from "node:util";
import { afterEach } from "vitest";

// A test that prints fails: what a program says is worth an assertion, or is noise.
const printed: string[] = [];

for (const method of ["debug", "error", "info", "log", "warn"] as const) {
  console[method] = (...parts: readonly unknown[]) => void printed.push(format(...parts));
}

afterEach(() => {
  const lines = printed.splice(0);
  if (lines.length > 0) throw new Error(`the test printed: ${lines.join("\n")}`);
});
