import type { Trigger } from "@alienplatform/core";

/** A trigger as ALIEN_FUNCTION has it: what is left out is as `.trigger(queue)` has it. */
export type WrittenTrigger = Pick<Trigger, "queue"> & Partial<Trigger>;

const DEFAULTS = {
  batchSize: 1,
  paused: false,
  whilePaused: "wait",
  onInvalid: "deadLetter",
} as const satisfies Omit<Trigger, "queue">;

/** All of a trigger that may leave something out. */
export function triggerWithDefaults(trigger: WrittenTrigger): Trigger {
  return { ...DEFAULTS, ...trigger };
}

/** The same trigger without what a reader fills in. */
export function triggerWithoutDefaults({ queue, ...options }: Trigger): WrittenTrigger {
  const defaults: Readonly<Record<string, unknown>> = DEFAULTS;
  const left = Object.entries(options).filter(([name, value]) => value !== defaults[name]);
  return { queue, ...Object.fromEntries(left) };
}
