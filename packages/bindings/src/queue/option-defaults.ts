import type { QueueOptions } from "./binding.ts";

/** A binding's options as they are written: what is left out is as a queue has it that declares nothing. */
export type WrittenOptions = Omit<Partial<QueueOptions>, "backoff"> & {
  readonly backoff?: Partial<QueueOptions["backoff"]>;
};

/** What a queue has that declares nothing: `new Queue(id).build()`. */
const DEFAULTS = {
  maxAttempts: 5,
  backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
  leaseMs: 30_000,
  retentionMs: 345_600_000,
  idempotency: { conflict: "original" },
} as const satisfies QueueOptions;

/** All the options of a binding that may leave some out. */
export function withDefaults({ backoff, ...options }: WrittenOptions): QueueOptions {
  return { ...DEFAULTS, ...options, backoff: { ...DEFAULTS.backoff, ...backoff } };
}

/** The same options without those that a reader fills in: a function's environment has room for a few kilobytes. */
export function withoutDefaults(options: QueueOptions): WrittenOptions {
  const { backoff: waits, idempotency, ...others } = options;
  const backoff = unlike(waits, DEFAULTS.backoff);
  return {
    ...unlike(others, DEFAULTS),
    ...(Object.keys(backoff).length === 0 ? {} : { backoff }),
    ...(idempotency.conflict === DEFAULTS.idempotency.conflict ? {} : { idempotency }),
  };
}

/** The fields with other values. */
function unlike<Fields extends object>(
  fields: Fields,
  defaults: Readonly<Record<string, unknown>>,
): Partial<Fields> {
  const left = Object.entries(fields).filter(([name, value]) => value !== defaults[name]);
  // Some of the fields of what was given.
  return Object.fromEntries(left) as Partial<Fields>;
}
