import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { QueueBinding } from "@alienplatform/bindings";
import { build } from "esbuild";

/** How to run an actor: one bundled script, so that a start costs milliseconds and no loader. */
export interface Actors {
  readonly script: string;
  readonly maxAttempts: number;
  environment(directory: string): Record<string, string>;
}

/** Bundles actor.ts with the product's own sources into `folder`. */
export async function prepareActors(folder: string): Promise<Actors> {
  const script = join(folder, "actor.mjs");
  await build({
    entryPoints: [fileURLToPath(new URL("actor.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["alien-local", "@alienplatform/source"],
    external: ["classic-level", "esbuild"],
    logLevel: "warning",
  });
  const maxAttempts = 5;
  return {
    script,
    maxAttempts,
    environment: (directory) => ({
      ALIEN_TASKS_BINDING: JSON.stringify(bindingOf(directory, maxAttempts)),
    }),
  };
}

/** The binding that `alien dev` would write for this folder. */
export function bindingOf(directory: string, maxAttempts: number): QueueBinding {
  return {
    version: 1,
    platform: "local",
    queue: "tasks",
    options: {
      maxAttempts,
      backoff: { initialMs: 50, factor: 2, maxMs: 400, jitter: "full" },
      leaseMs: 1_500,
      retentionMs: 86_400_000,
      idempotency: { conflict: "original" },
    },
    address: { directory },
  };
}
