import { isId, type QueueResource } from "@alienplatform/core";

/** The name of the queue that was given to a function of the sdk; anything else is a TypeError that shows its form. */
export function readQueueName(given: string | QueueResource, called: string): string {
  // From JavaScript anything may come.
  const name: unknown = typeof given === "string" ? given : given?.id;
  if (isId(name)) return name;
  const form = `Write ${called}("tasks"), or ${called}(tasks) with the declaration.`;
  if (typeof name !== "string") throw new TypeError(form);
  const shown = JSON.stringify(name.slice(0, 80));
  throw new TypeError(
    `${shown} is no queue's name, 1 to 64 characters of A-Z, a-z, 0-9, "-" and "_". ${form}`,
  );
}
