import type { Place } from "./deploy-platform.ts";
import type { PartState, State, StateLock } from "./state/state.ts";
import { thingsOf } from "./state/things.ts";

/** What a stage consists of, as its state knows it, for whoever shows it. */
export interface StageStatus {
  readonly place: Place;
  readonly serial: number;
  /** Who changes it now; undefined where nobody does, or has not said so for longer than a lock holds. */
  readonly lock?: StateLock;
  /** Whether the last deploy or destroy came to its end: nothing is left half done. */
  readonly complete: boolean;
  /** By name. */
  readonly resources: readonly ResourceStatus[];
}

export interface ResourceStatus {
  readonly resource: string;
  /** Whether the last deploy has done all that it was to do for it. */
  readonly ready: boolean;
  readonly parts: readonly PartStatus[];
}

export interface PartStatus {
  readonly part: string;
  readonly type: string;
  readonly name: string;
  /** The vendor's id; undefined where it is not there, or was never seen. */
  readonly id?: string;
  readonly status: PartState["status"];
}

/** Sorts what the state knows by resource. */
export function stageStatus(state: State, now: number): StageStatus {
  const byResource = new Map<string, PartStatus[]>();
  for (const part of Object.keys(state.parts).sort()) {
    for (const { type, name, resource, status, remote } of thingsOf(state, part)) {
      const id = remote === undefined ? {} : { id: remote.id };
      const parts = byResource.get(resource) ?? [];
      byResource.set(resource, [...parts, { part, type, name, ...id, status }]);
    }
  }
  const { place, serial, lock } = state;
  const names = [...byResource.keys()].sort();
  return {
    place,
    serial,
    ...(lock !== undefined && lock.until > now ? { lock } : {}),
    complete: [...byResource.values()].every((parts) => parts.every(isReady)),
    resources: names.map((resource) => {
      const parts = byResource.get(resource) ?? [];
      return { resource, ready: parts.every(isReady), parts };
    }),
  };
}

function isReady({ status, id }: PartStatus): boolean {
  return status === "ready" && id !== undefined;
}
