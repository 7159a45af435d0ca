import type { RemotePart } from "../controller.ts";
import type { Place } from "../deploy-platform.ts";
import type { Json } from "../part/json.ts";

/**
 * What a stage consists of, and who is changing it: one document, so that lock and content change in one conditional
 * write. Secrets are not in it.
 */
export interface State {
  /** Of this format; a reader that meets a newer one refuses. */
  readonly version: 1;
  /** Chosen at the first write: a state of another lineage is of another history, whatever its serial. */
  readonly lineage: string;
  /** Grows by one with each change of the content; a plan says which one it was made from. */
  readonly serial: number;
  /** Grows by one with each lock that is taken; a writer whose number is not this one has lost it. */
  readonly fence: number;
  readonly lock?: StateLock;
  readonly place: Place;
  readonly parts: Readonly<Record<string, PartState>>;
  /** Of each queue by its id, as the last deploy left them. */
  readonly bindings: Readonly<Record<string, Json>>;
}

/** Who changes a stage now. */
export interface StateLock {
  /** Of this taking alone: a writer knows its own lock again by it. */
  readonly id: string;
  /** The fence that it was taken with. */
  readonly fence: number;
  /** "ann@laptop, process 4711". */
  readonly owner: string;
  readonly operation: string;
  /** Milliseconds since the epoch, both. */
  readonly since: number;
  /** When it may be taken by somebody else, unless its owner has moved this on. */
  readonly until: number;
}

export interface PartState {
  readonly type: string;
  readonly name: string;
  readonly resource: string;
  /**
   * Written before the vendor is called: a part that is "creating" may be there or not, one that is "deleting" may be
   * gone. "ready" is as `config` says, as far as the last deploy knows.
   */
  readonly status: "creating" | "updating" | "ready" | "deleting";
  /** As it was last applied, resolved. */
  readonly config: Json;
  /** As it was last read; undefined where it was not yet, or was gone. */
  readonly remote?: RemotePart;
  /** The parts that must outlive it. */
  readonly dependsOn: readonly string[];
  /** Those whose place it took and that are not deleted yet. */
  readonly former?: readonly Omit<PartState, "former">[];
}
