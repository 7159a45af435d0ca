import { AlienError } from "@alienplatform/core";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import type { DeliveryDone } from "../src/dev/event.ts";
import { printWholeLetter } from "../src/print/dead-letter.ts";
import { printDevEvent, printDevEventJson } from "../src/print/dev-event.ts";
import { printDuration } from "../src/print/duration.ts";
import { printError, printErrorJson, reportOf } from "../src/print/error.ts";
import { messageJson, printDeadLetter, printPeeked, printReceived } from "../src/print/message.ts";
import { placeOf } from "../src/print/place.ts";
import { visible, visibleLine } from "../src/print/visible.ts";
import { colored } from "../src/terminal.ts";

const plain = picocolors.createColors(false);
const id = "01k2zt8q0c000001k5m8r2x7wd";
const at = new Date(2026, 10, 21, 9, 5, 7);
const delivery: DeliveryDone = {
  type: "delivery",
  queue: "tasks",
  function: "worker",
  id,
  attempt: 1,
  outcome: "ack",
  durationMs: 12,
};

it("an error says what happened, what to do and where to read more", () => {
  const error = new AlienError("UNKNOWN_QUEUE", 'there is no queue "taks"', { fix: "Use tasks." });
  expect(printError(reportOf(error), plain)).toBe(
    [
      'error UNKNOWN_QUEUE  there is no queue "taks"',
      "  fix  Use tasks.",
      "  more alien explain UNKNOWN_QUEUE",
    ].join("\n"),
  );
});

it("an error with a code frame shows it", () => {
  const error = new AlienError("STACK_LOAD_FAILED", "alien.ts:1:2: expected ;", {
    details: { frame: "> 1 | a b\n    |  ^" },
  });
  expect(printError(reportOf(error), plain)).toBe(
    [
      "error STACK_LOAD_FAILED  alien.ts:1:2: expected ;",
      "  > 1 | a b",
      "      |  ^",
      "  more alien explain STACK_LOAD_FAILED",
    ].join("\n"),
  );
});

it("an error with others shows each in the source, a page of them at most", () => {
  const others = Array.from({ length: 12 }, (_, at) => ({
    message: `a.ts:${at}:1: no such file`,
    frame: `> ${at} | import`,
    ...(at === 0 && { fix: "Make it." }),
  }));
  const error = new AlienError("FUNCTION_BUILD_FAILED", "b.ts:1:2: expected ; (and 12 more)", {
    details: { frame: "> 1 | a b", others },
    fix: "Correct it.",
  });
  const lines = printError(reportOf(error), plain).split("\n");
  expect(lines.slice(0, 6)).toEqual([
    "error FUNCTION_BUILD_FAILED  b.ts:1:2: expected ; (and 12 more)",
    "  > 1 | a b",
    "  a.ts:0:1: no such file",
    "  > 0 | import",
    "  fix  Make it.",
    "  a.ts:1:1: no such file",
  ]);
  expect(lines.slice(-5)).toEqual([
    "  a.ts:8:1: no such file",
    "  > 8 | import",
    "  and 3 more",
    "  fix  Correct it.",
    "  more alien explain FUNCTION_BUILD_FAILED",
  ]);
});

it("an error as JSON is one line with a version and without its cause", () => {
  const error = new AlienError("STORAGE_FULL", "no space", { cause: new Error("secret") });
  const line = printErrorJson(reportOf(error));
  expect(JSON.parse(line)).toEqual({
    version: 1,
    error: {
      code: "STORAGE_FULL",
      message: "no space",
      retryable: false,
      details: {},
      more: "alien explain STORAGE_FULL",
    },
  });
  expect(line).not.toContain("secret");
});

it.each([
  [delivery, "09:05:07  tasks -> worker  01k2zt8q0c000001k5m8r2x7wd  attempt 1  ok  12ms"],
  [
    { ...delivery, attempt: 2, outcome: "retry", delayMs: 2000, reason: "smtp down" },
    "09:05:07  tasks -> worker  01k2zt8q0c000001k5m8r2x7wd  attempt 2  retry in 2s: smtp down  12ms",
  ],
  [
    { ...delivery, outcome: "retry", delayMs: 2000, reason: "down", place: "src/a.ts:1:2" },
    "09:05:07  tasks -> worker  01k2zt8q0c000001k5m8r2x7wd  attempt 1  retry in 2s: down at src/a.ts:1:2  12ms",
  ],
  [
    { ...delivery, outcome: "retry", delayMs: 0 },
    "09:05:07  tasks -> worker  01k2zt8q0c000001k5m8r2x7wd  attempt 1  retry now  12ms",
  ],
  [
    { ...delivery, outcome: "deadLetter", reason: "no such\naccount" },
    "09:05:07  tasks -> worker  01k2zt8q0c000001k5m8r2x7wd  attempt 1  dead letter: no such account  12ms",
  ],
] as const)("a delivery is one line: %#", (event, line) => {
  expect(printDevEvent(event, at, plain)).toBe(line);
});

it("ready names every function with its queues and URL, and the queues nobody consumes", () => {
  const event = {
    type: "ready",
    stack: "images",
    directory: "/app/.alien/local",
    queues: ["tasks", "mails", "invoices"],
    functions: [
      { id: "worker", queues: ["tasks"], running: true, url: "http://localhost:3000" },
      { id: "mailer", queues: [], running: false },
    ],
    endpoints: [
      { id: "billing", queues: ["invoices"], running: true, url: "https://billing.test/jobs" },
    ],
    durationMs: 345,
  } as const;
  expect(printDevEvent(event, at, plain)).toBe(
    [
      "ready in 345ms  images  /app/.alien/local",
      "  tasks -> worker  http://localhost:3000",
      "  mailer  does not run, see above",
      "  invoices -> billing  https://billing.test/jobs",
      "  mails (no function)",
    ].join("\n"),
  );
});

it("an event as JSON has a version, a time and its own fields", () => {
  expect(JSON.parse(printDevEventJson(delivery, at))).toEqual({
    version: 1,
    time: at.toISOString(),
    ...delivery,
  });
});

it("an error that is not ours shows where it comes from", () => {
  const error = {
    code: "TypeError",
    message: "x is not a function",
    stack: "TypeError: x is\n    at f (a.ts:1:2)",
  };
  expect(printError(error, plain)).toBe("error TypeError  x is not a function\n  at f (a.ts:1:2)");
});

it("what a handler logs stands beside its function", () => {
  const log = {
    type: "log",
    function: "worker",
    level: "info",
    message: "hello",
    queue: "tasks",
    id,
    attempt: 1,
  } as const;
  expect(printDevEvent(log, at, plain)).toBe("[worker] hello");
  expect(printDevEvent({ ...log, fields: { a: 1 } }, at, plain)).toBe('[worker] hello {"a":1}');
});

it("a problem as JSON carries the error's fields", () => {
  const error = new AlienError("FUNCTION_BUILD_FAILED", "src/worker.ts:1:1: no");
  expect(
    JSON.parse(printDevEventJson({ type: "problem", error: reportOf(error) }, at)),
  ).toMatchObject({
    type: "problem",
    error: { code: "FUNCTION_BUILD_FAILED", message: "src/worker.ts:1:1: no" },
  });
});

it.each([
  [0, "0ms"],
  [999, "999ms"],
  [1500, "1.5s"],
  [60_000, "1m"],
  [65_000, "1m 5s"],
  [7_800_000, "2h 10m"],
  [90_000_000, "1d 1h"],
])("%d milliseconds are %s", (ms, text) => {
  expect(printDuration(ms)).toBe(text);
});

const waiting = {
  id,
  body: '{"a":1}',
  headers: { kind: "json" },
  state: "ready",
  attempts: 0,
  sentAt: 1000,
} as const;

it("a waiting message shows its state, its age and its body", () => {
  expect(printPeeked(waiting, 6000, plain)).toBe(
    `${id}  ready, never delivered, 5s ago\n  {"a":1}`,
  );
  expect(
    printPeeked({ ...waiting, state: "delayed", dueAt: 8000, attempts: 1 }, 6000, plain),
  ).toContain("delayed, due in 2s, attempt 1, 5s ago");
});

it("a message for programs has its payload decoded by its kind", () => {
  expect(JSON.parse(messageJson(waiting))).toMatchObject({
    version: 1,
    kind: "json",
    payload: { a: 1 },
  });
  const text = { ...waiting, body: "123", headers: { kind: "text" } } as const;
  expect(JSON.parse(messageJson(text))).toMatchObject({ kind: "text", payload: "123" });
});

it.each([
  ["    at <anonymous> (/app/src/worker.ts:6:48)", "src/worker.ts:6:48"],
  ["    at async send (file:///app/src/mail.ts:3:1)", "src/mail.ts:3:1"],
  ["    at /app/src/worker.ts:6:48", "src/worker.ts:6:48"],
  ["    at async /app/src/worker.ts:6:48", "src/worker.ts:6:48"],
  ["    at parse (/app/node_modules/zod/a.js:1:1)\n    at /app/b.ts:2:1", "b.ts:2:1"],
  ["    at run (node:internal/process/task_queues:95:5)", undefined],
  ["    at other (/elsewhere/src/worker.ts:6:48)", undefined],
  ["    at Promise.all (index 0)", undefined],
])("the place of a stack is the project's own first: %s", (frames, place) => {
  expect(placeOf(`Error: at /app/a.ts:1:1\n${frames}`, "/app")).toBe(place);
});

it("a dead letter shows why it died", () => {
  const letter = {
    id,
    body: '{"a":1}',
    headers: { kind: "json" },
    attempts: 1,
    history: [],
    sentAt: 0,
    deadAt: 1000,
    source: "tasks",
    error: { code: "HANDLER_FAILED", message: "no such account" },
  } as const;
  expect(printDeadLetter(letter, 6000, plain, "/app")).toBe(
    `${id}  1 attempt, dead 5s ago\n  HANDLER_FAILED  no such account\n  {"a":1}`,
  );
  const stack = "Error: no such account\n    at find (/app/src/find.ts:4:9)";
  const thrown = { ...letter, error: { code: "Error", message: "no such account", stack } };
  expect(printDeadLetter(thrown, 6000, plain, "/app")).toBe(
    `${id}  1 attempt, dead 5s ago\n  Error  no such account\n  at src/find.ts:4:9\n  {"a":1}`,
  );
});

it("a received message shows the receipt that ack wants", () => {
  const message = { id, attempt: 2, sentAt: 1000, payload: "hello", receiptHandle: "r-1" };
  expect(printReceived(message, 2000, plain)).toBe(
    `${id}  attempt 2, sent 1s ago\n  hello\n  receipt r-1`,
  );
});

it("no escape sequence of a message reaches the terminal", () => {
  expect(visible("\u001b[31mred\u0007")).toBe("\\x1b[31mred\\x07");
  expect(visibleLine("one\n two", 100)).toBe("one two");
  expect(visibleLine("x".repeat(10), 5)).toBe("xxxx…");
});

it("colours follow NO_COLOR, then FORCE_COLOR, then the terminal", () => {
  expect(colored({}, true)).toBe(true);
  expect(colored({}, false)).toBe(false);
  expect(colored({ TERM: "dumb" }, true)).toBe(false);
  expect(colored({ FORCE_COLOR: "1" }, false)).toBe(true);
  expect(colored({ FORCE_COLOR: "0" }, true)).toBe(false);
  expect(colored({ NO_COLOR: "1", FORCE_COLOR: "1" }, true)).toBe(false);
});

it("a whole dead letter shows where it was, each attempt, and its payload as it is", () => {
  const letter = {
    id,
    body: '{"n": 12345678901234567890}',
    headers: {
      kind: "json",
      job: "charge",
      attributes: { tenant: "a\u001b[2J" },
      dead: {
        source: "orders",
        attempts: 5,
        deadAt: 0,
        error: { code: "Error", message: "no route" },
      },
    },
    attempts: 1,
    history: [
      { number: 1, outcome: "EXPIRED", startedAt: 0, endedAt: 30_000, redrivenAt: 30_500 },
      {
        number: 1,
        outcome: "FAILED",
        endedAt: 31_000,
        error: { code: "Error", message: "smtp\ndown" },
      },
    ],
    sentAt: 0,
    deadAt: 31_000,
    source: "tasks",
    group: "g",
    priority: 3,
    concurrency: { key: "k", limit: 2 },
    error: {
      code: "Error",
      message: "smtp\ndown",
      stack: "Error: smtp\n    at a.ts:1:1",
      issues: [{ path: "a.b", message: "too small" }],
    },
  } as const;
  expect(
    printWholeLetter(letter, 61_000, plain),
  ).toBe(`${id}  1 attempt since it was redriven, 2 in all
  queue  tasks
  sent  1970-01-01T00:00:00.000Z, 1m 1s ago
  dead  1970-01-01T00:00:31.000Z, 30s ago
  from  orders: no route
  job  charge
  group  g
  priority  3
  key  k, at most 2 at once
  tenant  a\\x1b[2J

Error  smtp
down
  a.b: too small
Error: smtp
    at a.ts:1:1

attempt 1  EXPIRED  1970-01-01T00:00:30.000Z, after 30s; redriven 1970-01-01T00:00:30.500Z
attempt 1  FAILED  Error  smtp down  1970-01-01T00:00:31.000Z

{"n": 12345678901234567890}`);
});

it("a body for programs keeps its digits and stays on one line; one that is no JSON is text", () => {
  const message = {
    id,
    headers: { kind: "json" },
    state: "ready",
    attempts: 0,
    sentAt: 0,
  } as const;
  expect(messageJson({ ...message, body: '{\n"n":\r\n9007199254740993}' })).toContain(
    '"payload":{ "n":  9007199254740993}',
  );
  expect(JSON.parse(messageJson({ ...message, body: '{"n"' }))).toMatchObject({ payload: '{"n"' });
});
