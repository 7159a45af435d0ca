import type { QueueOperations } from "@alienplatform/bindings/operate";
import type { SentMessage } from "./sent.ts";

/** What the matchers look at. */
export interface CurrentQueues {
  sent(queue: string): readonly SentMessage[];
  operate(queue: string): QueueOperations;
}

let current: CurrentQueues | undefined;

/** The test queues that are open; the sdk and the matchers lead to them. */
export function currentQueues(): CurrentQueues {
  if (current !== undefined) return current;
  throw new TypeError(
    "No test queues are open. Write before it: const queues = await createTestQueues(stack).",
  );
}

/** Only one set can be open in a process, since queue() of the sdk leads to it. */
export function openCurrent(queues: CurrentQueues): void {
  if (current !== undefined) {
    throw new TypeError(
      "Other test queues are open still: close them first, as in afterEach(() => queues.close()). Tests that use queue() of the sdk cannot run at the same time in one process.",
    );
  }
  current = queues;
}

export function closeCurrent(): void {
  current = undefined;
}
