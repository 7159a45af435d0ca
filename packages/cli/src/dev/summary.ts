import type { LoadedStack } from "@alienplatform/deploy";
import type { Ready } from "./event.ts";
import type { Ports } from "./ports.ts";
import { endpointsOf, functionsOf } from "./stack-consumers.ts";

/** What a stack consists of and where it answers. */
export type Summary = Pick<Ready, "stack" | "queues" | "functions" | "endpoints">;

export async function summaryOf(
  loaded: LoadedStack,
  ports: Ports,
  isRunning: (id: string) => boolean,
): Promise<Summary> {
  const { name, resources } = loaded.stack;
  const functions = functionsOf(loaded).map(async ({ id, triggers, http }) => ({
    id,
    queues: triggers.map(({ queue }) => queue),
    running: isRunning(id),
    ...(http ? { url: `http://localhost:${await ports.of(id)}` } : {}),
  }));
  return {
    stack: name,
    queues: resources.filter(({ type }) => type === "queue").map(({ id }) => id),
    functions: await Promise.all(functions),
    endpoints: endpointsOf(loaded).map(({ id, triggers, url }) => ({
      id,
      queues: triggers.map(({ queue }) => queue),
      running: isRunning(id),
      url: withoutQuery(url),
    })),
  };
}

/** A query may hold a key, which is for nobody's screen. */
function withoutQuery(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}
