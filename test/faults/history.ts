import { appendFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** One thing that an actor did or saw. A `…-start` without its `…-ok` is in doubt: it may have been applied or not. */
export type FaultEvent =
  | { readonly kind: "send-start"; readonly key: string }
  | { readonly kind: "send-ok"; readonly key: string; readonly id: string }
  | {
      readonly kind: "deliver";
      readonly key: string;
      readonly id: string;
      readonly attempt: number;
      /** When the take that brought it was called. */
      readonly takenAt: number;
      /** When its lease ends, on the same clock. */
      readonly leaseEnds: number;
    }
  | { readonly kind: "settle-start"; readonly id: string; readonly outcome: SettledAs }
  | { readonly kind: "settle-ok"; readonly id: string; readonly outcome: SettledAs }
  | { readonly kind: "settle-refused"; readonly id: string; readonly code: string }
  | { readonly kind: "dead"; readonly key: string; readonly id: string; readonly attempts: number }
  | { readonly kind: "killed"; readonly victim: string };

export type SettledAs = "ack" | "nack" | "deadLetter";
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
