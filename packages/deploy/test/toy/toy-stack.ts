import { type Cloud, type Lowered, type Part, ref } from "../../src/index.ts";
import { EagerClock } from "./eager-clock.ts";
import { toyCloud } from "./toy-platform.ts";
import { type ToyLine, ToyVendor } from "./toy-vendor.ts";

export const openLine: ToyLine = (call) => call();

export function queuePart(resource: string, more: Partial<Part> = {}): Part {
  return {
    id: `queue/${resource}`,
    type: "toy-queue",
    name: `shop-dev-${resource}`,
    resource,
    config: { size: 1, color: "red" },
    known: { url: `toy://shop-dev-${resource}` },
    ...more,
  };
}

export function rolePart(resource: string, more: Partial<Part> = {}): Part {
  return {
    id: `function/${resource}/role`,
    type: "toy-role",
    name: `shop-dev-${resource}`,
    resource,
    config: { grants: "send" },
    ...more,
  };
}

export function linkPart(queue: Part, role: Part, more: Partial<Part> = {}): Part {
  return {
    id: `${role.id}/link/${queue.resource}`,
    type: "toy-link",
    name: `${role.name}--${queue.name}`,
    resource: role.resource,
    config: { from: ref(queue.id, "id"), to: ref(role.id, "id"), rate: 1 },
    ...more,
  };
}

export function lowered(...parts: readonly Part[]): Lowered {
  const queues = parts.filter(({ type }) => type === "toy-queue");
  const bindings = queues.map(({ id, resource }) => [
    resource,
    { url: ref(id, "url"), id: ref(id, "id") },
  ]);
  return { parts, bindings: Object.fromEntries(bindings) };
}

/** A vendor, a cloud over a line that holds, and a clock that passes by itself. */
export function toyWorld(line: ToyLine = openLine): {
  readonly vendor: ToyVendor;
  readonly cloud: Cloud;
  readonly clock: EagerClock;
} {
  const vendor = new ToyVendor();
  return { vendor, cloud: toyCloud(vendor.client(line)), clock: new EagerClock() };
}
