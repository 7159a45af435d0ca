import { isDeepStrictEqual } from "node:util";
import { AlienError, type Clock } from "@alienplatform/core";
import type { Change } from "./controller.ts";
import { controllerOf } from "./controller-of.ts";
import type { Cloud, Place } from "./deploy-platform.ts";
import { isOurs } from "./part/ownership.ts";
import { differences } from "./plan/differences.ts";
import { observe } from "./plan/observe.ts";
import type { Reads } from "./plan/reads.ts";
import { putState } from "./state/put-state.ts";
import { readState } from "./state/read-state.ts";
import type { State, StateLock } from "./state/state.ts";
import type { StateStore } from "./state/state-store.ts";
import { type Thing, thingKey, thingsOf, withThings } from "./state/things.ts";
import { watchLock } from "./state/watch-lock.ts";

export interface RefreshOptions {
  readonly cloud: Cloud;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly random?: () => number;
  /** How many parts were read, of how many. */
  onRead?(done: number, all: number): void;
  /** Somebody's lock is watched, for so long at most, to see whether its owner lives. */
  onWatch?(lock: StateLock, forMs: number): void;
}

/** How a part differs from what the last deploy made of it. */
export interface Drift {
  readonly part: string;
  readonly type: string;
  readonly name: string;
  readonly resource: string;
  /** Whether it is not there any more. */
  readonly gone: boolean;
  /** Each from what is there now to what was deployed. */
  readonly changes: readonly Change[];
}

/**
 * Reads all that the state knows, writes what is there into the state, and answers what is not as it was deployed.
 * Changes nothing at the vendor. One conditional write needs no lock; it is refused while somebody has it.
 */
export async function refresh(options: RefreshOptions): Promise<readonly Drift[]> {
  const { cloud, store, clock, signal } = options;
  const read = () => readState(store, signal);
  const { onWatch } = options;
  const watch = { clock, signal, read, ...(onWatch === undefined ? {} : { onWatch }) };
  const found = await watchLock(store, await read(), watch);
  if (found === undefined) return [];
  const reads = await observe([], found.state, cloud, options);
  const state = withReads(found.state, reads, cloud.place);
  if (state !== found.state) {
    const next = { ...state, serial: state.serial + 1 };
    const put = { clock, signal, until: clock.now() };
    const version = await putState(store, next, found.version, put);
    if (version === undefined) throw changedMeanwhile(store);
  }
  return driftOf(found.state, reads, cloud);
}

function withReads(state: State, reads: Reads, place: Place): State {
  let next = state;
  for (const id of Object.keys(state.parts)) {
    const before = thingsOf(state, id);
    const after = before.map((thing) => withRemote(thing, reads, place));
    if (!isDeepStrictEqual(before, after)) next = withThings(next, id, after);
  }
  return next;
}

/** What the state has never seen there is taken for its own by its marks alone: it may be somebody else's. */
function withRemote(thing: Thing, reads: Reads, place: Place): Thing {
  const { remote: before, ...rest } = thing;
  const remote = reads.get(thingKey(thing));
  if (remote === undefined) return rest;
  return before === undefined && !isOurs(remote.owner, place) ? rest : { ...rest, remote };
}

/** What an interrupted deploy left half done is nobody's drift. */
function driftOf(state: State, reads: Reads, { controllers, place }: Cloud): readonly Drift[] {
  return Object.keys(state.parts).flatMap((id) =>
    thingsOf(state, id).flatMap((thing): Drift[] => {
      if (thing.status !== "ready") return [];
      const { type, name, resource, config } = thing;
      const base = { part: id, type, name, resource };
      const remote = reads.get(thingKey(thing));
      if (remote === undefined) return [{ ...base, gone: true, changes: [] }];
      const changes = differences(controllerOf(controllers, thing), config, remote, place);
      return changes.length === 0 ? [] : [{ ...base, gone: false, changes }];
    }),
  );
}

function changedMeanwhile({ url }: StateStore): AlienError {
  return new AlienError("PLAN_STALE", `the state in ${url} was changed while it was refreshed`, {
    fix: "Refresh again.",
    retryable: true,
    details: { url },
  });
}
