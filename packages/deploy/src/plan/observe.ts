import { setMaxListeners } from "node:events";
import { AlienError, type Clock } from "@alienplatform/core";
import { ApiSlots } from "../api-slots.ts";
import { asAlienError } from "../as-alien-error.ts";
import type { RemotePart } from "../controller.ts";
import { controllerOf } from "../controller-of.ts";
import type { Cloud } from "../deploy-platform.ts";
import { attributesOf } from "../part/attributes.ts";
import { hasUnknown, resolve } from "../part/expression.ts";
import type { Json } from "../part/json.ts";
import type { Part } from "../part/part.ts";
import { persist } from "../persist.ts";
import { readInDoubt } from "../read-in-doubt.ts";
import type { State } from "../state/state.ts";
import { holdings, type Thing, thingKey } from "../state/things.ts";
import type { Reads } from "./reads.ts";

export interface ObserveOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** How many parts were read, of how many. */
  onRead?(done: number, all: number): void;
}

/** Reads every part that is wanted or that the state knows, once each and many at once. Changes nothing. */
export async function observe(
  parts: readonly Part[],
  state: State | undefined,
  cloud: Cloud,
  { clock, signal, random = Math.random, onRead }: ObserveOptions,
): Promise<Reads> {
  const targets = targetsOf(parts, state);
  const slots = new ApiSlots(cloud.limits);
  const failed = new AbortController();
  const stop = AbortSignal.any([signal, failed.signal]);
  // Each read that waits listens to it.
  setMaxListeners(0, stop);
  let done = 0;
  const readOnce = (target: Target): Promise<RemotePart | undefined> => {
    const controller = controllerOf(cloud.controllers, target);
    const doing = `reading ${target.type} "${target.name}"`;
    const translate = (thrown: unknown) => asAlienError(cloud, thrown, doing);
    const attempt = async () => {
      if (stop.aborted) throw new AlienError("ABORTED", `${doing} was aborted`);
      return controller.read(contextOf(target));
    };
    return slots.run(controller.api, () =>
      persist(attempt, { clock, random, signal: stop, translate }),
    );
  };
  const read = async (target: Target): Promise<readonly [string, RemotePart | undefined]> => {
    const once = () => readOnce(target);
    const remote = await (target.isInDoubt ? readInDoubt(once, clock, stop) : once());
    onRead?.(++done, targets.length);
    return [thingKey(target), remote];
  };
  const contextOf = ({ name, id, config, remembered }: Target) => ({
    owner: { stack: cloud.place.stack, stage: cloud.place.stage, part: id },
    name,
    config,
    ...(remembered === undefined ? {} : { remembered }),
    clock,
    signal: stop,
    artifact: () => Promise.reject(new TypeError("a read needs no artifact")),
  });
  const results = await Promise.all(
    targets.map((target) =>
      read(target).catch((error: unknown) => {
        failed.abort();
        throw error;
      }),
    ),
  );
  return new Map(results.flatMap(([key, remote]) => (remote === undefined ? [] : [[key, remote]])));
}

interface Target {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly config: Json;
  readonly remembered?: string;
  /** Whether it may be there although nobody has seen it. */
  readonly isInDoubt: boolean;
}

function targetsOf(parts: readonly Part[], state: State | undefined): readonly Target[] {
  const { kept, leaving } = holdings(parts, state);
  // Of a part under a new name nothing is known yet: what refers to it is not what refers to the former.
  const lookup = attributesOf(parts, (id) => kept.get(id)?.thing.remote);
  const wanted = parts.map((part): Target => {
    const thing = kept.get(part.id)?.thing;
    const remembered = thing?.remote?.id;
    return {
      id: part.id,
      type: part.type,
      name: part.name,
      config: resolve(part.config, lookup),
      ...(remembered === undefined ? {} : { remembered }),
      isInDoubt: isInDoubt(thing),
    };
  });
  const going = leaving.filter(wasBegun).map(({ under, thing }): Target => {
    const { type, name, config, remote } = thing;
    return {
      id: under,
      type,
      name,
      config,
      ...(remote === undefined ? {} : { remembered: remote.id }),
      isInDoubt: isInDoubt(thing),
    };
  });
  // Parts that collide in a name are one thing to read; the plan says that they do.
  return [...new Map([...going, ...wanted].map((each) => [thingKey(each), each])).values()];
}

function isInDoubt(thing: Thing | undefined): boolean {
  return thing?.status === "creating" && thing.remote === undefined;
}

/** An intent is written again without unknowns before the vendor is called. */
function wasBegun({ thing }: { readonly thing: Thing }): boolean {
  return !isInDoubt(thing) || !hasUnknown(thing.config);
}
