import { VirtualClock } from "@alienplatform/bindings";
import type { Resource, StackData } from "@alienplatform/core";
import { Engine, memoryStorage } from "@alienplatform/local/engine";
import { loadTelemetry } from "@alienplatform/sdk/testing-hook";
import { seeded } from "./seeded.ts";
import { TestQueues } from "./test-queues.ts";

export interface TestQueuesOptions {
  /** To start at another time, or to share one with the rest of the test. */
  readonly clock?: VirtualClock;
}

/** The declared queues on the real local engine, in memory, with a clock that stands still. */
export async function createTestQueues(
  declared: StackData | Resource | readonly Resource[],
  { clock = new VirtualClock() }: TestQueuesOptions = {},
): Promise<TestQueues> {
  await loadTelemetry();
  const resources = resourcesOf(declared);
  const random = seeded(1);
  const engine = await Engine.open({
    storage: memoryStorage(),
    clock,
    random: (bytes) => Uint8Array.from({ length: bytes }, () => random() * 256),
    durability: "process",
  });
  return new TestQueues(engine, resources, clock, random);
}

function resourcesOf(declared: StackData | Resource | readonly Resource[]): readonly Resource[] {
  if ("resources" in declared) return declared.resources;
  return "type" in declared ? [declared] : declared;
}
