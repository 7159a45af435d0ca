import { expect, it } from "vitest";
import { exitCodeOfSignal } from "../src/exit-code.ts";

it.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGKILL", 137],
] as const)("a process that ended by %s has the status that a shell gives it", (signal, status) => {
  expect(exitCodeOfSignal(signal)).toBe(status);
});
