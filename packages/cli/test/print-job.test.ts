import type { Attempt } from "@alienplatform/bindings";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { jobJson, printJob } from "../src/print/job.ts";

const colors = picocolors.createColors(false);
const now = 1_900_000_000_000;
const job = { id: "01k2", queue: "tasks", attempts: [], sentAt: now - 5_000 } as const;

it("a result is printed with every digit", () => {
  const resultText = '{"sum":12345678901234567890}';
  const done = {
    ...job,
    status: "SUCCEEDED",
    endedAt: now,
    result: JSON.parse(resultText),
    resultText,
  } as const;
  expect(jobJson(done)).toBe(
    `{"version":1,"id":"01k2","queue":"tasks","attempts":[],"sentAt":${now - 5_000},"status":"SUCCEEDED","endedAt":${now},"result":${resultText}}`,
  );
  expect(printJob(done, now, colors)).toBe(`01k2  SUCCEEDED  ended 0ms ago\n\n${resultText}`);
});

it("a job that waits says when it is due, and one that failed why", () => {
  const pending = { ...job, status: "PENDING", dueAt: now + 60_000, name: "charge" } as const;
  expect(printJob(pending, now, colors)).toBe("01k2  PENDING  charge, due in 1m");
  const attempt = {
    number: 1,
    outcome: "FAILED",
    endedAt: now - 1_000,
    error: { code: "Error", message: "smtp\u001b[2J down" },
  } as const;
  const dead = {
    ...job,
    status: "DEAD",
    attempts: [attempt],
    lastError: attempt.error,
    endedAt: now - 1_000,
  } as const;
  const text = printJob(dead, now, colors);
  expect(text).toContain("01k2  DEAD  1 attempt, ended 1s ago\n  Error  smtp");
  expect(text).toContain("attempt 1  FAILED");
  expect(text).not.toContain("\u001b");
});

it("a job that was redriven says how often it was tried since, as its dead letter does, and in all", () => {
  const attempt = { number: 1, outcome: "FAILED", endedAt: now - 1_000 } as const;
  const attempts = [attempt, { ...attempt, number: 2, redrivenAt: now }] as const;
  const head = (tried: readonly Attempt[]) =>
    printJob({ ...job, status: "DEAD", attempts: tried, endedAt: now }, now, colors).split("\n")[0];
  expect(head(attempts)).toContain("0 attempts since it was redriven, 2 in all");
  expect(head([...attempts, attempt])).toContain("1 attempt since it was redriven, 3 in all");
  expect(head([...attempts, attempt, attempts[1], attempt])).toContain("1 attempt since it was");
});
