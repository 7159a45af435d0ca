import { CallFaults, type ControllerCase, type ControllerWorld } from "../../conformance/index.ts";
import type { Cloud } from "../../src/index.ts";
import { EagerClock } from "../toy/eager-clock.ts";
import { toyCloud } from "../toy/toy-platform.ts";
import { linkPart, queuePart, rolePart } from "../toy/toy-stack.ts";
import { type ToyClient, ToyError, ToyVendor } from "../toy/toy-vendor.ts";

/** Of each world, so that a case can put messages in. */
export const vendors = new WeakMap<ControllerWorld, ToyVendor>();

/** A world over the toy vendor, with another cloud in the place of the right one where a mutant is tried. */
export async function openToyWorld(
  mutate: (cloud: Cloud, client: ToyClient, vendor: ToyVendor) => Cloud = (cloud) => cloud,
): Promise<ControllerWorld> {
  const vendor = new ToyVendor();
  vendor.lag = 1;
  const faults = new CallFaults({
    throttled: () => new ToyError("throttled", "too many calls"),
    forbidden: () => new ToyError("forbidden", "no permission"),
    lost: () => new ToyError("lost", "the connection was lost"),
  });
  const client = vendor.client((call) => faults.around(call));
  const world = {
    cloud: mutate(toyCloud(client), client, vendor),
    clock: new EagerClock(),
    faults,
    close: () => Promise.resolve(),
  };
  vendors.set(world, vendor);
  return world;
}

const queue = queuePart("tasks", { config: { size: 1, color: "red", note: "first" } });
const role = rolePart("worker", { config: { grants: "send", size: 1 } });

export const toyCases: readonly ControllerCase[] = [
  {
    name: "toy-queue",
    parts: () => [queue],
    settings: { size: { size: 2 }, "note, taken away": { note: undefined } },
    replacing: { color: { color: "blue" } },
    fill: async (world, part) => {
      for (const thing of vendors.get(world)?.things.values() ?? []) {
        if (thing.key === part.name) thing.messages = 12;
      }
    },
  },
  {
    name: "toy-role",
    parts: () => [role],
    settings: { grants: { grants: "receive" }, "size, taken away": { size: undefined } },
  },
  {
    name: "toy-link",
    parts: () => [queue, role, linkPart(queue, role)],
    settings: { rate: { rate: 2 } },
    replacing: { from: { from: "elsewhere" } },
  },
];
