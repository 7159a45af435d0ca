import type { QueueCapabilities } from "@alienplatform/bindings";
import { formatDuration } from "@alienplatform/core";

/** One row of the table of what platforms can. */
export interface Feature {
  readonly title: string;
  /** The field of QueueCapabilities whose page is linked; the last part of its path. */
  readonly field: string;
  /** The cell; "no" where there is none. */
  readonly text: (can: QueueCapabilities) => string;
}

/** The rows, in the order of a message's life. */
export const features: readonly Feature[] = [
  {
    title: "largest message, of which the envelope takes a little",
    field: "message",
    text: ({ max }) => bytes(max.message),
  },
  { title: "messages of one send call", field: "batch", text: ({ max }) => count(max.batch) },
  {
    title: "bytes of one send call",
    field: "batchBytes",
    text: ({ max }) => bytes(max.batchBytes),
  },
  {
    title: "longest delay of a send",
    field: "delayMaxMs",
    text: ({ delayMaxMs }) => duration(delayMaxMs),
  },
  { title: "FIFO groups", field: "ordered", text: ({ ordered }) => yesNo(ordered) },
  { title: "priorities", field: "priority", text: ({ priority }) => yesNo(priority) },
  {
    title: "concurrency keys",
    field: "concurrencyKeys",
    text: ({ concurrencyKeys }) => yesNo(concurrencyKeys),
  },
  {
    title: "keys take turns",
    field: "keyTurns",
    text: ({ concurrencyKeys, keyTurns }) => yesNo(concurrencyKeys && keyTurns),
  },
  {
    title: "idempotency keys",
    field: "idempotency",
    text: ({ idempotency }) => yesNo(idempotency),
  },
  { title: "a process of one's own can receive", field: "pull", text: ({ pull }) => yesNo(pull) },
  {
    title: "messages of one receive call",
    field: "receive",
    text: ({ pull, max }) => (pull ? count(max.receive) : "no"),
  },
  {
    title: "longest single loan",
    field: "leaseMaxMs",
    text: ({ leaseMaxMs }) => duration(leaseMaxMs),
  },
  {
    title: "a loan can be extended, so that a longer lease is kept",
    field: "extend",
    text: ({ extend }) => yesNo(extend),
  },
  {
    title: "each receive chooses its lease",
    field: "leases",
    text: ({ leases }) => yesNo(leases === "chosen"),
  },
  {
    title: "a release is not counted as an attempt",
    field: "release",
    text: ({ release }) => yesNo(release),
  },
  {
    title: "a stale receipt is always refused",
    field: "fencing",
    text: ({ fencing }) => yesNo(fencing === "exact"),
  },
  {
    title: "where a receipt can be settled",
    field: "receipts",
    text: ({ receipts }) => (receipts === "anywhere" ? "anywhere" : "in its process"),
  },
  {
    title: "longest delay of a retry",
    field: "retryDelay",
    text: ({ retryDelay }) => duration(retryDelay.maxMs),
  },
  {
    title: "the same in FIFO groups",
    field: "retryDelay",
    text: ({ ordered, retryDelay }) =>
      ordered ? (retryDelay.fifo ? "yes" : "the service's own schedule") : "no",
  },
  {
    title: "messages can be kept for",
    field: "retention",
    text: ({ retention: { minMs, maxMs } }) => `${duration(minMs)} to ${duration(maxMs)}`,
  },
  {
    title: "counted since a message",
    field: "retention",
    text: ({ retention }) => (retention.since === "due" ? "became due" : "was sent"),
  },
  {
    title: "`.concurrency(n)` over all pulling consumers",
    field: "sharedConcurrency",
    text: ({ sharedConcurrency }) => (sharedConcurrency ? "yes" : "in each process"),
  },
  {
    title: "failed attempts are kept one by one",
    field: "history",
    text: ({ history }) => yesNo(history),
  },
  { title: "job records and results", field: "jobs", text: ({ jobs }) => yesNo(jobs) },
  {
    title: "a cancelled job leaves its queue",
    field: "cancel",
    text: ({ jobs, cancel }) => (!jobs ? "no" : cancel === "removed" ? "at once" : "in its turn"),
  },
  {
    title: "pausing and binding without a deploy",
    field: "pausing",
    text: ({ pausing }) => yesNo(pausing),
  },
  {
    title: "`stats`",
    field: "stats",
    text: ({ stats }) => (stats === "none" ? "no" : stats),
  },
  {
    title: "`peek`",
    field: "peek",
    text: ({ peek }) => yesNo(peek !== "none"),
  },
  {
    title: "`purge`",
    field: "purge",
    text: ({ purge }) =>
      purge === "none" ? "no" : purge === "exact" ? "at once" : "in its own time",
  },
  {
    title: "dead letters are listed",
    field: "deadLetters",
    text: ({ deadLetters }) => (deadLetters === "read" ? "as they are" : "on loan for the moment"),
  },
];

function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

function duration(ms: number): string {
  return ms === 0 ? "no" : formatDuration(ms);
}

function count(value: number): string {
  return value.toLocaleString("en-US");
}

const UNITS = [
  ["MiB", 1024 * 1024],
  ["KiB", 1024],
] as const;

function bytes(value: number): string {
  const unit = UNITS.find(([, size]) => value >= size && value % size === 0);
  return unit === undefined ? `${count(value)} B` : `${count(value / unit[1])} ${unit[0]}`;
}
