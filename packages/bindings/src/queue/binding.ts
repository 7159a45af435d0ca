import type { Backoff } from "@alienplatform/core";

/** What a driver needs to reach a deployed queue; JSON in ALIEN_<ID>_BINDING. */
export interface QueueBinding {
  /** Of this format; a reader that meets a newer one refuses with a fix. */
  readonly version: 1;
  readonly platform: string;
  /** The logical id, as alien.ts declares it. */
  readonly queue: string;
  readonly options: QueueOptions;
  /** What only the platform's driver reads: a URL, a directory. */
  readonly address: Readonly<Record<string, unknown>>;
}

/** The declared behaviour that the run-time half must honour. */
export interface QueueOptions {
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  readonly leaseMs: number;
  readonly retentionMs: number;
  readonly fifo?: { readonly group?: string };
  readonly concurrency?: number;
  /** The queue that its dead letters go to. */
  readonly deadLetters?: string;
  readonly idempotency: { readonly conflict: "original" | "error" };
  /** How long job records and results are kept after the end; undefined keeps none. */
  readonly resultsMs?: number;
  /** Other platforms that the stack is held to, so that what they would refuse is refused here. */
  readonly platforms?: readonly string[];
}
