import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseEnv } from "node:util";
import type { QueueBinding } from "@alienplatform/bindings";
import { environmentName } from "@alienplatform/core";

/** The files beside alien.ts that add to the environment; a later one wins. */
export const environmentFiles = [".env", ".env.local"] as const;

/** Variables as a child process gets them. */
export type Environment = Readonly<Record<string, string>>;

/**
 * What every process beside dev gets: the files' variables under those of dev's own environment,
 * as everywhere, and over all of them where the queues are.
 */
export async function sharedEnvironment(
  folder: string,
  own: NodeJS.ProcessEnv,
  bindings: readonly QueueBinding[],
): Promise<Environment> {
  const files = await Promise.all(environmentFiles.map((name) => variablesOf(join(folder, name))));
  return {
    ...Object.assign({}, ...files),
    ...definedOf(own),
    ALIEN_PLATFORM: "local",
    ...Object.fromEntries(
      bindings.map((binding) => [environmentName(binding.queue), JSON.stringify(binding)]),
    ),
  };
}

async function variablesOf(file: string): Promise<Environment> {
  try {
    return definedOf(parseEnv(await readFile(file, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return {};
    throw error;
  }
}

function definedOf(variables: NodeJS.Dict<string>): Environment {
  return Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );
}
