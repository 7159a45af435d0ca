import { dirname } from "node:path";
import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError, nearest, type QueueResource } from "@alienplatform/core";
import { cachedStack, findStackFile } from "@alienplatform/deploy/cached-stack";
import { dataDirectoryOf } from "./client.ts";
import { localBinding } from "./queue/spec.ts";

/** The binding of a queue that the nearest alien.ts, from a directory upwards, declares. */
export async function discover(queue: string, directory: string): Promise<QueueBinding> {
  const file = await findStackFile(directory);
  if (file === undefined) throw notReachable(queue, directory);
  const data = dataDirectoryOf(dirname(file));
  const { resources, platforms } = (await cachedStack(file)).stack;
  const queues = resources.filter(
    (resource): resource is QueueResource => resource.type === "queue",
  );
  const declared = queues.find(({ id }) => id === queue);
  if (declared === undefined) {
    throw unknownQueue(
      queue,
      file,
      queues.map(({ id }) => id),
    );
  }
  return localBinding(declared, data, platforms);
}

function notReachable(queue: string, directory: string): AlienError {
  return new AlienError(
    "BINDING_NOT_FOUND",
    `queue "${queue}" has no binding, and there is no alien.ts in ${directory} or above it`,
    {
      fix: "Run this in the project's folder, or give it the binding that deploy wrote.",
      details: { queue, directory },
    },
  );
}

function unknownQueue(queue: string, file: string, declared: readonly string[]): AlienError {
  const close = nearest(queue, declared);
  const names = (close.length > 0 ? close : declared).map((id) => `"${id}"`).join(" or ");
  return new AlienError("UNKNOWN_QUEUE", `${file} declares no queue "${queue}"`, {
    fix:
      declared.length === 0
        ? `Declare it: new alien.Queue("${queue}").build()`
        : `Use ${names}, or declare it: new alien.Queue("${queue}").build()`,
    details: { queue, nearest: close, declared },
  });
}
