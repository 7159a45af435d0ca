import { type CurrentQueues, currentQueues } from "../current.ts";

/** Whatever says which queue is meant: its name, its declaration, or a client of it. */
export type QueueSubject = string | { readonly id: string } | { readonly name: string };

export interface Subject {
  readonly queue: string;
  readonly queues: CurrentQueues;
}

/** The queue that a matcher was given, among the test queues that are open. */
export function subjectOf(matcher: string, given: unknown): Subject {
  const queue = nameOf(given);
  if (queue !== undefined) return { queue, queues: currentQueues() };
  throw new TypeError(
    `${matcher}() is about a queue: expect(tasks).${matcher}(), with its declaration, its client or its name.`,
  );
}

function nameOf(given: unknown): string | undefined {
  if (typeof given === "string") return given;
  if (typeof given !== "object" || given === null) return undefined;
  if ("type" in given && given.type === "queue" && "id" in given) return String(given.id);
  // A client's; a queue's declaration has no name but its id.
  return "send" in given && "name" in given ? String(given.name) : undefined;
}
