import { type Draft, show } from "./draft.ts";
import type { QueueResource, Trigger } from "./resource.ts";

/** How a consumer takes from its queue; what is left out keeps its default. */
export interface TriggerOptions {
  /** Messages handed over at once, 1..10000. Default 1. */
  readonly batchSize?: number;
  /** Starts paused: messages are kept, and no handler is called until it is resumed. Default false. */
  readonly paused?: boolean;
  /** What happens to messages while paused: they "wait" (the default) or go to the dead letters. */
  readonly whilePaused?: "wait" | "deadLetter";
  /** What happens to a message that cannot be decoded: "deadLetter" (the default) or "retry". */
  readonly onInvalid?: "deadLetter" | "retry";
}

/** A trigger as it was written, unchecked until build(). */
export interface WrittenTrigger {
  readonly queue: string;
  readonly options: TriggerOptions;
}

/** Remembers a call of trigger(); a queue that was not built is refused at once, since it has no data yet. */
export function writtenTrigger(
  caller: string,
  queue: QueueResource,
  options: TriggerOptions,
): WrittenTrigger {
  return { queue: builtQueue(`${caller}.trigger`, queue).id, options };
}

/** The queue, or the TypeError that shows the right form. */
export function builtQueue(call: string, queue: QueueResource): QueueResource {
  if (queue?.type === "queue" && typeof queue.id === "string") return queue;
  throw new TypeError(
    `${call}() takes a built queue; write: const tasks = new alien.Queue("tasks").build(); ... ${call.slice(call.lastIndexOf("."))}(tasks)`,
  );
}

/** Checks the triggers of one consumer and fills in the defaults. */
export function readTriggers<Options extends object>(
  draft: Draft<Options>,
  written: readonly WrittenTrigger[],
): readonly Trigger[] {
  const seen = new Set<string>();
  return written.map(({ queue, options }) => {
    const path = `trigger(${queue})`;
    if (seen.has(queue)) {
      draft.report(path, `${path} is declared twice`, "Keep one, with the options of both.");
    }
    seen.add(queue);
    draft.known(path, options, ["batchSize", "paused", "whilePaused", "onInvalid"]);
    const {
      batchSize = 1,
      paused = false,
      whilePaused = "wait",
      onInvalid = "deadLetter",
    } = options;
    if (typeof paused !== "boolean") {
      draft.report(
        `${path}.paused`,
        `${path}.paused is ${show(paused)}, not true or false`,
        "Use true or false.",
      );
    }
    return {
      queue,
      batchSize: draft.integer(`${path}.batchSize`, batchSize, 1, 10_000),
      paused,
      whilePaused: draft.choice(`${path}.whilePaused`, whilePaused, ["wait", "deadLetter"]),
      onInvalid: draft.choice(`${path}.onInvalid`, onInvalid, ["deadLetter", "retry"]),
    };
  });
}
