import { AlienError, formatDuration, parseDuration } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { QueueOptions } from "./binding.ts";
import type { Headers, Outgoing, QueueCapabilities } from "./driver.ts";
import type { SendOptions } from "./message.ts";
import { isWellFormed } from "./text.ts";
import { unknownOption } from "./unknown-option.ts";

const LONGEST_DELAY_MS = 7 * 86_400_000;
const MOST_ATTRIBUTES = 10;
const KNOWN = new Set<string>([
  "payload",
  "delay",
  "idempotencyKey",
  "group",
  "priority",
  "concurrency",
  "attributes",
  "maxAttempts",
  "signal",
] satisfies (keyof SendOptions | "payload")[]);

/** What the options are checked against. */
export interface OptionRules {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly capabilities: QueueCapabilities;
  /** Of other platforms that the stack is held to: what they lack is refused as well. */
  readonly heldTo: readonly QueueCapabilities[];
  readonly clock: Clock;
}

export type HeaderOptions = Pick<Headers, "attributes" | "maxAttempts">;

/** The options that travel in the headers, checked. */
export function readHeaderOptions(given: SendOptions, rules: OptionRules): HeaderOptions {
  for (const key in given)
    if (!KNOWN.has(key)) throw unknownOption("send", key, [...KNOWN].slice(1));
  const { attributes, maxAttempts } = given;
  return {
    ...(attributes === undefined ? {} : { attributes: checkAttributes(attributes) }),
    ...(maxAttempts === undefined ? {} : { maxAttempts: checkMaxAttempts(maxAttempts, rules) }),
  };
}

export type RoutingOptions = Pick<
  Outgoing,
  "delayMs" | "priority" | "concurrency" | "idempotencyKey"
>;

/** The options that the platform itself must honour, checked against what it can. */
export function readRoutingOptions(given: SendOptions, rules: OptionRules): RoutingOptions {
  for (const capabilities of rules.heldTo) {
    readRoutingOptions(given, { ...rules, capabilities, heldTo: [] });
  }
  const { delay, priority, concurrency, idempotencyKey } = given;
  return {
    ...(delay === undefined ? {} : { delayMs: checkDelay(delay, rules) }),
    ...(priority === undefined ? {} : { priority: checkPriority(priority, rules) }),
    ...(concurrency === undefined ? {} : { concurrency: checkConcurrency(concurrency, rules) }),
    ...(idempotencyKey === undefined
      ? {}
      : { idempotencyKey: checkIdempotencyKey(idempotencyKey, rules) }),
  };
}

function checkDelay(delay: unknown, { capabilities, clock }: OptionRules): number {
  const delayMs =
    delay instanceof Date
      ? Math.max(0, delay.getTime() - clock.now())
      : parseDuration(text(delay), "delay");
  if (Number.isNaN(delayMs)) throw invalid("delay", "is an invalid Date", "Give a valid Date.");
  if (delayMs > LONGEST_DELAY_MS) {
    throw invalid("delay", `is ${formatDuration(delayMs)}`, "Delay by at most 7d.");
  }
  const { delayMaxMs, service } = capabilities;
  if (delayMs > delayMaxMs) {
    throw delayMaxMs === 0
      ? unsupported("delay", `${service} cannot delay a message`, "Send it when it is due.")
      : unsupported(
          "delay",
          `${service} delays by at most ${formatDuration(delayMaxMs)}`,
          `Delay by at most ${formatDuration(delayMaxMs)} and send again from the handler.`,
        );
  }
  return delayMs;
}

/** parseDuration says what is wrong with a number or anything else that is not text. */
function text(value: unknown): string {
  return typeof value === "string" ? value : String(value);
}

function checkPriority(priority: unknown, { capabilities }: OptionRules): number {
  if (!isWhole(priority, 0, 9)) {
    throw invalid("priority", `is ${show(priority)}`, "Use a whole number from 0 to 9.");
  }
  if (priority > 0 && !capabilities.priority) {
    throw unsupported(
      "priority",
      `${capabilities.service} has no priorities`,
      "Use a second queue for what is urgent.",
    );
  }
  return priority;
}

function checkConcurrency(
  concurrency: unknown,
  { capabilities }: OptionRules,
): NonNullable<Outgoing["concurrency"]> {
  const form = 'Write { key: "customer-7", limit: 2 }.';
  if (!isObject(concurrency)) throw invalid("concurrency", `is ${show(concurrency)}`, form);
  const { key, limit, ...others } = concurrency;
  for (const name in others) throw invalid("concurrency", `has no field "${name}"`, form);
  if (!isText(key, 128)) {
    throw invalid("concurrency.key", `is ${show(key)}`, "Use a string of 1 to 128 characters.");
  }
  if (!isWhole(limit, 1, 1_000_000)) {
    throw invalid(
      "concurrency.limit",
      `is ${show(limit)}`,
      "Use a whole number from 1 to 1000000.",
    );
  }
  if (!capabilities.concurrencyKeys) {
    throw unsupported(
      "concurrency",
      `${capabilities.service} has no limits per key`,
      "Declare .concurrency(n) on the queue, or use a queue per key.",
    );
  }
  return { key, limit };
}

function checkIdempotencyKey(key: unknown, { capabilities }: OptionRules): string {
  if (!isText(key, 256)) {
    throw invalid(
      "idempotencyKey",
      typeof key === "string" ? `has ${key.length} characters` : `is ${show(key)}`,
      "Use a string of 1 to 256 characters.",
    );
  }
  if (!capabilities.idempotency) {
    throw unsupported(
      "idempotencyKey",
      `${capabilities.service} keeps no idempotency keys`,
      "Make the handler safe to repeat.",
    );
  }
  return key;
}

function checkMaxAttempts(maxAttempts: unknown, { queue, options }: OptionRules): number {
  if (isWhole(maxAttempts, 1, options.maxAttempts)) return maxAttempts;
  throw invalid(
    "maxAttempts",
    `is ${show(maxAttempts)}; queue "${queue}" allows ${options.maxAttempts}`,
    `Use a whole number from 1 to ${options.maxAttempts}; a send may only lower the queue's.`,
  );
}

function checkAttributes(given: unknown): Readonly<Record<string, string>> {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw invalid("attributes", `is ${show(given)}`, "Give an object of strings.");
  }
  const entries = Object.entries(given);
  if (entries.length > MOST_ATTRIBUTES) {
    throw invalid(
      "attributes",
      `has ${entries.length} entries`,
      `Use at most ${MOST_ATTRIBUTES}; put the rest into the payload.`,
    );
  }
  for (const [name, value] of entries) {
    if (typeof value === "string" && name !== "" && isWellFormed(name + value)) continue;
    throw invalid(`attributes[${JSON.stringify(name)}]`, "is not text", "Give a string.");
  }
  return { ...given };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown, from: number, to: number): value is number {
  return Number.isInteger(value) && Number(value) >= from && Number(value) <= to;
}

function isText(value: unknown, longest: number): value is string {
  return (
    typeof value === "string" && value !== "" && value.length <= longest && isWellFormed(value)
  );
}

function show(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value);
}

function invalid(option: string, what: string, fix: string): AlienError {
  return new AlienError("OPTION_INVALID", `the option ${option} ${what}`, {
    fix,
    details: { option },
  });
}

function unsupported(option: string, reason: string, fix: string): AlienError {
  return new AlienError("UNSUPPORTED", `the option ${option} cannot be honoured: ${reason}`, {
    fix,
    details: { option },
  });
}
