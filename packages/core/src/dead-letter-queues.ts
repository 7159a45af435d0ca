import type { QueueResource, Resource } from "./resource.ts";

interface Report {
  report(path: string, problem: string, fix: string): void;
}

/** What dead letters go to is of the same kind, and never leads back. A queue that is missing is reported as a reference. */
export function checkDeadLetters(draft: Report, resources: readonly Resource[]): void {
  const queues = new Map<string, QueueResource>();
  for (const resource of resources)
    if (resource.type === "queue") queues.set(resource.id, resource);
  for (const queue of queues.values()) checkKind(draft, queue, queues);
  for (const cycle of cycles(queues)) {
    const [first = ""] = cycle;
    draft.report(
      `${first}.deadLetters`,
      `the dead letters of queue "${first}" come back to it: ${[...cycle, first].join(" -> ")}`,
      "Remove .deadLetters() from one of them: its dead letters then stay beside it.",
    );
  }
}

/** An order cannot be made of what has no groups, and no vendor moves dead letters from one kind to the other. */
function checkKind(
  draft: Report,
  { id, fifo, deadLetters }: QueueResource,
  queues: ReadonlyMap<string, QueueResource>,
): void {
  const target = deadLetters === undefined ? undefined : queues.get(deadLetters);
  if (target === undefined || (target.fifo === undefined) === (fifo === undefined)) return;
  const [one, other] = fifo === undefined ? ["is not FIFO", "is"] : ["is FIFO", "is not"];
  draft.report(
    `${id}.deadLetters`,
    `queue "${id}" ${one} and queue "${target.id}", which its dead letters go to, ${other}`,
    fifo === undefined
      ? `Declare "${target.id}" without .fifo().`
      : `Declare "${target.id}" with .fifo() too.`,
  );
}

/** Each cycle once, from its first queue in the order of declaring. */
function cycles(queues: ReadonlyMap<string, QueueResource>): readonly (readonly string[])[] {
  const found: string[][] = [];
  const seen = new Set<string>();
  for (const start of queues.keys()) {
    const path: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = queues.get(at)?.deadLetters;
    }
    const from = at === undefined ? -1 : path.indexOf(at);
    if (from >= 0) found.push(path.slice(from));
  }
  return found;
}
