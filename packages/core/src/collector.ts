import type { Resource, StackData } from "./resource.ts";

/** What was built while a module loaded, in order. */
export interface Collected<T> {
  readonly value: T;
  readonly resources: readonly Resource[];
  readonly stacks: readonly StackData[];
}

interface Collector {
  readonly resources: Resource[];
  readonly stacks: StackData[];
}

let active: Collector | undefined;

/** Runs `load` and gathers everything that is built meanwhile. Outside of it nothing is kept. */
export async function collect<T>(load: () => Promise<T>): Promise<Collected<T>> {
  if (active !== undefined) throw new TypeError("collect() is already running in this process");
  const collector: Collector = { resources: [], stacks: [] };
  active = collector;
  try {
    const value = await load();
    return { value, ...collector };
  } finally {
    active = undefined;
  }
}

/** Called by the builders for each resource. */
export function recordResource(resource: Resource): void {
  active?.resources.push(resource);
}

/** Called by the Stack builder. */
export function recordStack(stack: StackData): void {
  active?.stacks.push(stack);
}
