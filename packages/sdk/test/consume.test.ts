import { type DeliveryEvent, VirtualClock } from "@alienplatform/bindings";
import {
  defaultOptions,
  ReferenceDriver,
  ReferenceQueue,
} from "@alienplatform/bindings/conformance";
import { AlienError } from "@alienplatform/core";
import { ack, consume, onQueueMessage, queue } from "@alienplatform/sdk";
import { useQueues } from "@alienplatform/sdk/testing-hook";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let clock: VirtualClock;
let queues: Map<string, ReferenceQueue>;
let restore: () => void;

beforeEach(() => {
  clock = new VirtualClock();
  queues = new Map();
  restore = useQueues(async (name) => {
    const store = queues.get(name) ?? new ReferenceQueue(name, defaultOptions, clock);
    queues.set(name, store);
    const driver = new ReferenceDriver(store);
    const options = defaultOptions;
    const binding = {
      version: 1,
      platform: "reference",
      queue: name,
      options,
      address: {},
    } as const;
    return { driver, binding, clock, random: Math.random };
  });
});

afterEach(() => restore());

test("consume() runs what was registered until the signal aborts", async () => {
  const seen: unknown[] = [];
  const events: DeliveryEvent[] = [];
  onQueueMessage("tasks", ({ payload }) => void seen.push(payload));
  onQueueMessage("mails", () => ack());
  const stop = new AbortController();
  const consuming = consume({ signal: stop.signal, onEvent: (event) => events.push(event) });
  await (await queue("tasks")).send({ n: 1 });
  await (await queue("mails")).send({ n: 2 });
  await clock.advance(1);
  stop.abort();
  await consuming;
  expect(seen).toEqual([{ n: 1 }]);
  expect(events.map((event) => `${event.queue} ${event.outcome}`)).toEqual([
    "tasks ack",
    "mails ack",
  ]);
});

test("without onEvent a delivery that failed is written to stderr", async () => {
  const written: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  onQueueMessage("tasks", ({ payload }) => {
    if (payload === "bad") throw new Error("smtp down");
  });
  const stop = new AbortController();
  const consuming = consume({ signal: stop.signal });
  const tasks = await queue("tasks");
  await tasks.sendBatch([{ payload: "bad" }, { payload: "good" }]);
  await clock.advance(1);
  stop.abort();
  await consuming;
  spy.mockRestore();
  expect(written.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: "warn",
      message: "smtp down",
      fields: { outcome: "retry", code: "Error" },
      queue: "tasks",
      attempt: 1,
    },
  ]);
});

test("consume() refuses a handler for any queue: it could not run it", async () => {
  onQueueMessage("tasks", () => undefined);
  onQueueMessage("*", () => undefined);
  await expect(consume()).rejects.toMatchObject({ code: "UNSUPPORTED" });
});

test("consume() that fails leaves signals to whoever minds them", async () => {
  const before = process.listenerCount("SIGTERM");
  const forget = useQueues(async () => {
    throw new Error("no such binding");
  });
  onQueueMessage("tasks", () => undefined);
  await expect(consume()).rejects.toThrow("no such binding");
  forget();
  expect(process.listenerCount("SIGTERM")).toBe(before);
});

test("a second handler for a queue is refused with both places", () => {
  const again = () => onQueueMessage("tasks", () => undefined);
  again();
  let refused: unknown;
  try {
    onQueueMessage("tasks", () => undefined);
  } catch (error) {
    refused = error;
  }
  if (!(refused instanceof AlienError)) throw new Error("it was not refused");
  expect(refused).toMatchObject({ code: "HANDLER_DUPLICATE", details: { queue: "tasks" } });
  const places = [...refused.message.matchAll(/consume\.test\.ts:\d+/g)].map(String);
  expect(new Set(places).size).toBe(2);
  expect(refused.details.places).toEqual(places.map((place) => expect.stringContaining(place)));
});

test("consume() without a handler says what to register", async () => {
  await expect(consume()).rejects.toMatchObject({ code: "HANDLER_MISSING" });
});

test("options that do not exist are refused", async () => {
  // As JavaScript, or an object from elsewhere, lets it through.
  const mistyped: object = { concurency: 1 };
  const message = (call: string) => `${call} has no option "concurency"`;
  await expect(consume(mistyped)).rejects.toMatchObject({ message: message("consume") });
  expect(() => onQueueMessage("mistyped", () => undefined, mistyped)).toThrow(
    message("onQueueMessage"),
  );
  await expect(queue("tasks").then((tasks) => tasks.receive(1, mistyped))).rejects.toMatchObject({
    message: message("receive"),
  });
});

test("onQueueMessage() with no handler shows the right form", () => {
  // @ts-expect-error a handler is missing
  expect(() => onQueueMessage("tasks")).toThrow(TypeError);
  expect(() => onQueueMessage("tasks", {})).toThrow(TypeError);
});
