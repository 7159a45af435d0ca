import {
  type Clock,
  type QueueBinding,
  type QueueDriver,
  systemClock,
} from "@alienplatform/bindings";
import { AlienError, environmentName } from "@alienplatform/core";
import { findStackFile } from "./find-stack-file.ts";
import { loadPlatform } from "./load-platform.ts";
import { readBinding } from "./read-binding.ts";

/** A driver of its own for whoever asked, and what it works by. */
export interface OpenDriver {
  readonly driver: QueueDriver;
  readonly binding: QueueBinding;
  readonly clock: Clock;
  readonly random: () => number;
}

export type Opener = (queue: string) => Promise<OpenDriver>;

let opener: Opener = openFromEnvironment;

/** Reaches a queue: where the test kit has taken over, through it; else as the environment says. */
export function openDriver(queue: string): Promise<OpenDriver> {
  return opener(queue);
}

/** Lets the test kit answer for every queue; the result ends that. */
export function replaceOpener(replacement: Opener): () => void {
  const before = opener;
  opener = replacement;
  return () => {
    opener = before;
  };
}

async function openFromEnvironment(queue: string): Promise<OpenDriver> {
  const binding = readBinding(queue, process.env) ?? (await discover(queue));
  const platform = await loadPlatform(binding.platform);
  const driver = platform.queue(binding, systemClock);
  return { driver, binding, clock: systemClock, random: Math.random };
}

/** Without a binding there is only the local platform, and in production not even that by itself. */
async function discover(queue: string): Promise<QueueBinding> {
  const directory = process.cwd();
  const platform = process.env.ALIEN_PLATFORM;
  if (platform !== "local") {
    if (platform !== undefined && platform !== "") throw notFound(queue, `on ${platform}`);
    if (process.env.NODE_ENV === "production") throw notFound(queue, "in production");
    const file = await findStackFile(directory);
    if (file === undefined) throw notFound(queue, `and no alien.ts in ${directory} or above it`);
    sayOnce(file);
  }
  const local = await loadPlatform("local");
  const binding = await local.discover?.(queue, directory);
  if (binding === undefined) throw notFound(queue, "on the local platform");
  return binding;
}

let said = false;

function sayOnce(file: string): void {
  if (said) return;
  said = true;
  process.stderr.write(
    `alien: no bindings in the environment; using the local queues of ${file}\n`,
  );
}

function notFound(queue: string, where: string): AlienError {
  const variable = environmentName(queue);
  return new AlienError("BINDING_NOT_FOUND", `queue "${queue}" has no binding ${where}`, {
    fix: `Set ${variable} to what deploy wrote, or set ALIEN_PLATFORM=local to use the local queues.`,
    details: { queue, variable },
  });
}
