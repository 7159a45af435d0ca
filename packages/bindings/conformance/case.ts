import type { QueueOptions } from "../src/queue/binding.ts";
import type { Bench } from "./bench.ts";
import type { Features } from "./world.ts";

/** One sentence of the contract and how to see that it holds. */
export interface ConformanceCase {
  /** The sentence; also the key of an exception. */
  readonly name: string;
  /** How the queue must be declared; the rest is `defaultOptions`. */
  readonly options?: Partial<QueueOptions>;
  /** Where the sentence applies: `false` marks the opposite, tested where the feature is absent. */
  readonly needs?: Partial<Features>;
  run(bench: Bench): Promise<void>;
}

/** Small budgets and exact delays, so that cases are short and times can be compared. */
export const defaultOptions: QueueOptions = {
  maxAttempts: 3,
  backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "none" },
  leaseMs: 30_000,
  retentionMs: 4 * 24 * 60 * 60 * 1_000,
  idempotency: { conflict: "original" },
};

/** Why a case does not apply, in words a reader of the report understands; undefined where it does. */
export function whyNot({ needs = {} }: ConformanceCase, features: Features): string | undefined {
  // Object.keys forgets the key type.
  const names = Object.keys({ pull: true, ...needs }) as (keyof Features)[];
  const differs = names.find((name) => features[name] !== (needs[name] ?? true));
  if (differs === undefined) return undefined;
  return features[differs] ? `this platform has ${differs}` : `this platform has no ${differs}`;
}
