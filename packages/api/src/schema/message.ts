import { z } from "zod";
import { duration, instant, messageId, time, whole } from "./scalars.ts";

/** As the queue has it, which says so too late: a body may hold tens of thousands, and each would be looked at. */
const MOST_ATTRIBUTES = 10;

const attributes = z.preprocess(
  (given, { issues }) => {
    const count = typeof given === "object" ? Object.keys(given ?? {}).length : 0;
    if (count > MOST_ATTRIBUTES) {
      const message = `has ${count} names; a message has at most ${MOST_ATTRIBUTES}`;
      issues.push({ code: "custom", message, input: given });
    }
    // Zod leaves it out without a word.
    if (Object.hasOwn(Object(given), "__proto__")) {
      issues.push({ code: "custom", message: "may not be named __proto__", input: given });
    }
    return given;
  },
  z.record(z.string().min(1), z.string()),
);

/** What may be given beside a payload; the queue checks the values. */
export const sendOptions = {
  delay: duration.optional(),
  delaySeconds: z.number().min(0).max(604_800).optional(),
  notBefore: instant.optional().describe("When it is due, in place of a delay."),
  idempotencyKey: z.string().min(1).max(256).optional(),
  // The queue says of any other that it is GROUP_INVALID, and of null that it is GROUP_MISSING.
  group: z
    .unknown()
    .optional()
    .meta({ type: ["string", "number", "boolean"], minLength: 1, maxLength: 128 }),
  priority: z.int().min(0).max(9).optional(),
  concurrency: z
    .strictObject({ key: z.string().min(1).max(128), limit: z.int().min(1).max(1_000_000) })
    .optional(),
  attributes: attributes.optional(),
  maxAttempts: z.int().min(1).max(100).optional(),
  job: z.string().min(1).optional().describe("The handler that it is for, as call() names it."),
};

export const payloadFields = {
  payload: z.unknown().optional().describe("Any JSON, kept letter by letter. A string is text."),
  kind: z
    .enum(["json", "text"])
    .optional()
    .describe('"json" keeps a string as JSON; "text" refuses what is no string.'),
};

export const attempt = z.object({
  number: z.int(),
  outcome: z.enum(["SUCCEEDED", "FAILED", "EXPIRED"]),
  startedAt: time.optional(),
  endedAt: time,
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  redrivenAt: time.optional().describe("When the message, dead after this one, was redriven."),
});

export const failure = z.object({
  code: z.string(),
  message: z.string(),
  stack: z.string().optional(),
  issues: z.array(z.object({ message: z.string(), path: z.string().optional() })).optional(),
});

const content = {
  id: messageId,
  queue: z.string(),
  kind: z.enum(["json", "text"]),
  payload: z.unknown(),
  encoding: z.enum(["base64"]).optional().describe("Set where the payload is no text."),
  sentAt: time,
  attributes: z.record(z.string(), z.string()),
  group: z.string().optional(),
  priority: z.int().optional(),
  concurrency: z.object({ key: z.string(), limit: z.int() }).optional(),
  job: z.string().optional().describe("The handler that it is for, where call() named one."),
  maxAttempts: z.int().optional(),
  trace: z.object({ traceparent: z.string(), tracestate: z.string().optional() }).optional(),
};

/** A message on loan to whoever received it. */
export const receivedMessage = z
  .object({
    id: messageId,
    queue: z.string(),
    kind: z.enum(["json", "text"]),
    payload: z.unknown(),
    attempt: z.int(),
    sentAt: time,
    attributes: z.record(z.string(), z.string()),
    group: z.string().optional(),
    priority: z.int(),
    job: z.string().optional(),
    dead: z
      .object({ source: z.string(), attempts: z.int(), deadAt: time, error: failure })
      .optional()
      .describe("Why it failed in another queue, of which it is a dead letter."),
    receiptHandle: z.string(),
  })
  .meta({ id: "ReceivedMessage" });

/** A message where it is. */
export const message = z
  .object({
    ...content,
    payload: z.unknown().optional(),
    state: z.enum(["ready", "delayed", "inFlight", "dead", "over"]),
    status: z.string().optional().describe("Of one that is over: its job's."),
    result: z.unknown().optional(),
    endedAt: time.optional(),
    attempts: whole,
    history: z.array(attempt).optional(),
    dueAt: time.optional(),
    leaseEndsAt: time.optional(),
    deadAt: time.optional(),
    error: failure.optional().describe("Why the last attempt failed."),
  })
  .meta({ id: "Message" });

/** A message that is not delivered any more. */
export const deadLetter = z
  .object({
    ...content,
    state: z.literal("dead"),
    source: z.string(),
    attempts: whole,
    history: z.array(attempt),
    deadAt: time,
    error: failure,
  })
  .meta({ id: "DeadLetter" });
