import { QueueClient } from "@alienplatform/bindings";
import type { QueueResource } from "@alienplatform/core";
import { type LazyQueue, lazyQueue, type Queue } from "./lazy-queue.ts";
import { openDriver } from "./open-driver.ts";
import { readQueueName } from "./queue-name.ts";

type Schema = QueueResource["schema"];

/**
 * A queue by its name, or by its declaration, which also types and checks the payload. Does no I/O:
 * finding the queue and connecting wait for the first use.
 */
export function queue<Input, Output>(
  resource: QueueResource<Input, Output>,
): Promise<Queue<Input, Output>>;
export function queue<T = unknown>(name: string): Promise<Queue<T>>;
export async function queue(given: string | QueueResource): Promise<Queue> {
  const name = readQueueName(given, "queue");
  return handleOf(name, typeof given === "string" ? undefined : given.schema);
}

/** One handle per queue and schema, so that its sends travel together. */
const handles = new Map<string, Map<Schema, LazyQueue>>();

function handleOf(name: string, schema: Schema): Queue {
  const ofName = handles.get(name) ?? new Map<Schema, LazyQueue>();
  handles.set(name, ofName);
  const known = ofName.get(schema);
  if (known !== undefined) return known.queue;
  const open = async () => {
    const { driver, binding, heldTo, clock, random, telemetry } = await openDriver(name);
    return new QueueClient(driver, {
      queue: name,
      options: binding.options,
      schema,
      heldTo,
      clock,
      random,
      telemetry,
    });
  };
  const lazy = lazyQueue(name, open, () => ofName.delete(schema));
  ofName.set(schema, lazy);
  return lazy.queue;
}

/** Lets every handle, those that a module keeps too, open anew at its next use; for the test kit. */
export function reopenHandles(): void {
  for (const ofName of handles.values()) for (const lazy of ofName.values()) lazy.reopen();
}
