import {
  type Clock,
  type QueueBinding,
  type QueueCapabilities,
  type QueueDriver,
  systemClock,
  type Telemetry,
} from "@alienplatform/bindings";
import { capabilitiesHeldTo } from "#held-to";
import { environment } from "./environment.ts";
import { findBinding } from "./find-binding.ts";
import { loadPlatform } from "./load-platform.ts";
import { readFunction } from "./read-function.ts";
import { openTelemetry } from "./telemetry.ts";

/** A driver of its own for whoever asked, and what it works by. */
export interface OpenDriver {
  readonly driver: QueueDriver;
  readonly binding: QueueBinding;
  readonly clock: Clock;
  readonly random: () => number;
}

export type Opener = (queue: string) => Promise<OpenDriver>;

let opener: Opener = openFromEnvironment;

/** What a queue is used through. */
export interface OpenedQueue extends OpenDriver {
  readonly telemetry: Telemetry | undefined;
  /** Of other platforms, whose limits hold too. */
  readonly heldTo: readonly QueueCapabilities[];
}

/** Reaches a queue: where the test kit has taken over, through it; else as the environment says. */
export async function openDriver(queue: string): Promise<OpenedQueue> {
  const opened = await opener(queue);
  const { driver, binding, clock } = opened;
  const telemetry = await openTelemetry({
    queue,
    system: driver.capabilities.system,
    maxAttempts: binding.options.maxAttempts,
    clock,
    consumerGroup: readFunction(environment())?.id,
  });
  return { ...opened, telemetry, heldTo: await capabilitiesHeldTo(binding) };
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
  const binding = await findBinding(queue);
  const platform = await loadPlatform(binding.platform);
  const driver = platform.queue(binding, systemClock);
  return { driver, binding, clock: systemClock, random: Math.random };
}
