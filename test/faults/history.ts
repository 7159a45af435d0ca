import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * One thing that an actor did or saw. A `…-start` without its `…-ok` is in doubt: it may have been applied or not.
 * What is optional is checked where it is said.
 */
export type FaultEvent =
  | {
      readonly kind: "send-start";
      readonly key: string;
      readonly group?: string;
      readonly delayMs?: number;
      readonly idempotencyKey?: string;
      readonly maxAttempts?: number;
      readonly concurrency?: { readonly key: string; readonly limit: number };
    }
  | {
      readonly kind: "send-ok";
      readonly key: string;
      /** Of the message that the idempotency key stands for, where there is one. */
      readonly id: string;
      readonly deduplicated?: boolean;
    }
  | { readonly kind: "take-start"; readonly take: number }
  | { readonly kind: "take-ok"; readonly take: number }
  | {
      readonly kind: "deliver";
      readonly key: string;
      readonly id: string;
      readonly attempt: number;
      /** When the take that brought it was called. */
      readonly takenAt: number;
      /** When its lease ends, on the same clock. */
      readonly leaseEnds: number;
      /** When its lease began, as the store has it. */
      readonly grantedAt?: number;
      /** The length of lease that was asked for. */
      readonly leaseMs?: number;
      readonly receipt?: string;
    }
  | {
      readonly kind: "settle-start";
      readonly id: string;
      readonly outcome: SettledAs;
      readonly receipt?: string;
      readonly delayMs?: number;
    }
  | {
      readonly kind: "settle-ok";
      readonly id: string;
      readonly outcome: SettledAs;
      readonly receipt?: string;
    }
  | {
      readonly kind: "settle-refused";
      readonly id: string;
      readonly code: string;
      readonly outcome?: SettledAs;
      /** Present where the refusal means that it was not applied, by any earlier try either. */
      readonly receipt?: string;
    }
  | { readonly kind: "extend-start"; readonly id: string; readonly receipt: string }
  | {
      readonly kind: "extend-ok";
      readonly id: string;
      readonly receipt: string;
      /** At least until then. */
      readonly leaseEnds: number;
    }
  /** The service gave it out once more, whether that reached anybody or not. */
  | { readonly kind: "given"; readonly id: string }
  /** From here on the service may have more than one of it, as at-least-once permits. */
  | { readonly kind: "twice"; readonly id: string }
  | { readonly kind: "purge-start"; readonly purge: number }
  | { readonly kind: "purge-ok"; readonly purge: number }
  | { readonly kind: "redrive-start" | "discard-start"; readonly ids: readonly string[] }
  /** The ids of dead letters that were there. */
  | { readonly kind: "redrive-ok" | "discard-ok"; readonly ids: readonly string[] }
  | { readonly kind: "dead"; readonly key: string; readonly id: string; readonly attempts: number }
  | { readonly kind: "killed"; readonly victim: string }
  /** Alive, and without a connection for so long that what it has on loan may have been taken back. */
  | { readonly kind: "gone"; readonly victim: string }
  /** The wall clock was set. */
  | { readonly kind: "clock"; readonly byMs: number }
  /** What the queue says that it has, and the rows that there are. */
  | { readonly kind: "counted"; readonly stats: Counts; readonly rows: Counts }
  /** No faults from here on, and somebody always waits for messages. */
  | { readonly kind: "calm" };

/** Messages that wait or are delayed, that are on loan, and dead letters. */
export interface Counts {
  readonly waiting: number;
  readonly inFlight: number;
  readonly dead: number;
}

export type SettledAs = "ack" | "nack" | "release" | "deadLetter";
export type Recorded = FaultEvent & { readonly at: number; readonly actor: string };

/** Milliseconds on the machine's monotonic clock, which all processes share. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Appends to the actor's own file at once: what was written before a kill -9 is kept by the kernel. */
export class Recorder {
  readonly #file: string;
  readonly #actor: string;

  constructor(folder: string, actor: string) {
    this.#file = join(folder, `${actor}.ndjson`);
    this.#actor = actor;
  }

  write(event: FaultEvent): void {
    const line = JSON.stringify({ ...event, at: monotonic(), actor: this.#actor });
    appendFileSync(this.#file, `${line}\n`);
  }
}

/** Every actor's events in the order of time; a line that a kill cut short is left out. */
export function readHistory(folder: string): readonly Recorded[] {
  const events: Recorded[] = [];
  for (const name of readdirSync(folder)) {
    const lines = readFileSync(join(folder, name), "utf8").split("\n");
    lines.pop();
    for (const line of lines) {
      // The line is what Recorder.write wrote.
      events.push(JSON.parse(line) as Recorded);
    }
  }
  return events.sort((a, b) => a.at - b.at);
}
