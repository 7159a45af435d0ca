import type { QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError, nearest, type QueueResource } from "@alienplatform/core";
import { type Problem, problemOf } from "./problem/problem.ts";
import type { ServedClient, ServedQueues } from "./served-queues.ts";

/** What is served, by the ids that requests name. */
export class Served {
  readonly queues: ServedQueues;
  readonly #report: (thrown: unknown) => void;

  /** `report` is told of whatever goes wrong, also within a request that succeeds as a whole. */
  constructor(queues: ServedQueues, report: (thrown: unknown) => void) {
    this.queues = queues;
    this.#report = report;
  }

  /** What went wrong with one of several, as its result. */
  problem(thrown: unknown): Problem {
    this.#report(thrown);
    return problemOf(thrown);
  }

  all(): readonly QueueResource[] {
    return this.queues.stack().resources.filter((resource) => resource.type === "queue");
  }

  /** Throws UNKNOWN_QUEUE with the nearest ids. */
  resource(queue: string): QueueResource {
    const all = this.all();
    const found = all.find(({ id }) => id === queue);
    if (found !== undefined) return found;
    const ids = all.map(({ id }) => id);
    const near = nearest(queue, ids);
    throw new AlienError("UNKNOWN_QUEUE", `there is no queue "${queue}"`, {
      fix:
        near.length === 0
          ? `There ${ids.length === 1 ? "is" : "are"} ${ids.join(", ") || "none"}.`
          : `Did you mean ${near.join(" or ")}?`,
      details: { queue, nearest: near },
    });
  }

  async client(queue: string): Promise<ServedClient> {
    this.resource(queue);
    return this.queues.client(queue);
  }

  operations(queue: string): QueueOperations {
    this.resource(queue);
    return this.queues.operations(queue);
  }
}
