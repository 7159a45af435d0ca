import type { QueueOptions } from "@alienplatform/bindings";
import type { QueueWorld } from "@alienplatform/bindings/conformance";
import type { FaultPlan } from "./fault-plan.ts";
import type { Mistake } from "./run-seed.ts";
import type { Witness } from "./witness.ts";

/** A queue of one service, reached over a wire on which a plan does harm. */
export interface FaultyWorld {
  readonly world: QueueWorld;
  readonly plan: FaultPlan;
  /** How long at most a message that is neither acknowledged nor dead stays away; then nothing more comes. */
  readonly quietMs: number;
  /** How exactly the service keeps time. */
  readonly toleranceMs: number;
  /** Many times what a seed takes; 300,000 unless told otherwise. */
  readonly endsWithinMs?: number;
  close(): Promise<void>;
}

/** One service that a campaign runs against; it is started once and has a world for each seed. */
export interface Service {
  readonly name: string;
  /** Mistakes to be noticed here, beside those that every service notices. */
  readonly planted?: Readonly<Record<string, Mistake>>;
  open(seed: number, options: QueueOptions, witness: Witness): Promise<FaultyWorld>;
  close(): Promise<void>;
}
