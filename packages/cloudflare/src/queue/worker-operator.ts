import type { Clock, DeadLetterOperator, QueueOptions, QueueStats } from "@alienplatform/bindings";
import { PlainOperator } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import { workerCapabilities } from "../capabilities.ts";
import { backlogStats } from "./backlog-stats.ts";
import type { QueueLinks } from "./links.ts";

export interface WorkerOperatorOptions {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly links: QueueLinks;
  readonly clock: Clock;
}

/** Operates a queue from a Worker: its binding counts, and offers nothing else. */
export class WorkerOperator extends PlainOperator {
  readonly #given: WorkerOperatorOptions;

  constructor(given: WorkerOperatorOptions) {
    const { queue } = given;
    super({ queue, capabilities: workerCapabilities, dead: refusing(queue) });
    this.#given = given;
  }

  stats(): Promise<QueueStats> {
    return backlogStats(this.#given);
  }

  purge(): Promise<number> {
    return this.refuse("cannot be purged from a Worker", OUTSIDE);
  }

  async close(): Promise<void> {
    // A binding keeps nothing open.
  }
}

const OUTSIDE = "Operate it outside of a Worker: with the alien commands and CLOUDFLARE_API_TOKEN.";

function refusing(queue: string): DeadLetterOperator {
  const refuse = (): Promise<never> => {
    const text = `the dead letters of queue "${queue}" cannot be read from a Worker`;
    return Promise.reject(new AlienError("UNSUPPORTED", text, { fix: OUTSIDE }));
  };
  return {
    deadLetters: refuse,
    deadLetter: refuse,
    editDeadLetter: refuse,
    redrive: refuse,
    discard: refuse,
    sweep: () => ({ [Symbol.asyncIterator]: () => ({ next: refuse }) }),
    importDeadLetters: refuse,
  };
}
