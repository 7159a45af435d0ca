import { setMaxListeners } from "node:events";
import { AlienError, type Clock } from "@alienplatform/core";
import { ApiSlots } from "../api-slots.ts";
import type { Cloud } from "../deploy-platform.ts";
import { attributesOf } from "../part/attributes.ts";
import { persist } from "../persist.ts";
import type { Plan, Step } from "../plan/plan.ts";
import { storeError } from "../state/put-state.ts";
import { type ReadState, readState } from "../state/read-state.ts";
import type { State } from "../state/state.ts";
import { stateLocked } from "../state/state-locked.ts";
import { StateSession } from "../state/state-session.ts";
import type { StateStore } from "../state/state-store.ts";
import { holdings } from "../state/things.ts";
import { isFresh } from "../state/watch-lock.ts";
import type { ApplyEvent } from "./apply-event.ts";
import { readArtifact, refuseMissing } from "./artifacts.ts";
import { beginState } from "./begin-state.ts";
import { doStep } from "./do-step.ts";
import { stateAfterNothing, withBindings, withoutIntents } from "./end-state.ts";
import { refuseProblems, refuseStale } from "./refuse.ts";
import type { Run } from "./run.ts";
import { type Outcome, walk } from "./walk.ts";

export interface ApplyOptions {
  readonly cloud: Cloud;
  readonly store: StateStore;
  /** The folder of alien.ts, which the plan's files are relative to. */
  readonly directory: string;
  /** Who applies, for whoever is kept out meanwhile: "ann@laptop, process 4711". */
  readonly owner: string;
  readonly clock: Clock;
  /** When it aborts no step is begun any more, and the running ones are told to end. */
  readonly signal: AbortSignal;
  readonly random?: () => number;
  onEvent?(event: ApplyEvent): void;
}

/** What became of a plan. Steps without anything to do are not in it. */
export interface ApplyResult {
  /** As it is now; undefined where there is none. */
  readonly state: State | undefined;
  readonly done: readonly Step[];
  /** The root causes. */
  readonly failed: readonly { readonly step: Step; readonly error: AlienError }[];
  /** Not begun, because of the failed step of another part. */
  readonly held: readonly { readonly step: Step; readonly behind: string }[];
  /** Begun, but ended before they were done, because all was stopped. */
  readonly interrupted: readonly Step[];
  /** Not begun, because all was stopped before. */
  readonly stopped: readonly Step[];
  /** Why all was stopped: ABORTED, LOCK_LOST, or that the state cannot be written. */
  readonly because?: AlienError;
}

/**
 * Does what a plan says and nothing else. Throws before anything is done where that cannot be: PLAN_REFUSED, PLAN_STALE,
 * STATE_LOCKED. What fails later is in the result; a new plan continues from there.
 */
export async function applyPlan(plan: Plan, options: ApplyOptions): Promise<ApplyResult> {
  const { cloud, store, directory, owner, clock, signal, random = Math.random } = options;
  const onEvent = (event: ApplyEvent) => options.onEvent?.(event);
  refuseProblems(plan, cloud.place);
  await refuseMissing(plan, directory);
  const found = await readBefore(plan, options);
  const before = found?.state;
  if (isDone(plan, before)) return { ...sorted([], []), state: before };
  const session = await StateSession.open(store, {
    owner,
    operation: plan.operation,
    place: plan.place,
    clock,
    signal,
    random,
    found,
    check: (state) => refuseStale(plan, state),
    begin: (state) => beginState(plan, state),
    onWatch: (lock, forMs) => onEvent({ kind: "watching", lock, forMs }),
  });
  onEvent({ kind: "locked", fence: session.state.fence });
  const stop = AbortSignal.any([signal, session.ended]);
  // Each step that waits listens to it.
  setMaxListeners(0, stop);
  const run: Run = {
    plan,
    cloud,
    session,
    clock,
    random,
    signal: stop,
    lookup: attributesOf(plan.parts, (id) => session.state.parts[id]?.remote),
    artifact: (sha256) => readArtifact(plan, directory, sha256),
    onWait: (step, error, delayMs) => onEvent({ kind: "waiting", step, error, delayMs }),
  };
  const slots = new ApiSlots(cloud.limits);
  const outcomes = await walk(
    plan.steps,
    (step) => doStep(run, step, slots, onEvent),
    (step, behind) => step.action !== "none" && onEvent({ kind: "held", step, behind }),
  );
  const because = await end(run, before, untouched(plan, before, outcomes), signal);
  return {
    ...sorted(plan.steps, outcomes),
    state: session.state,
    ...(because === undefined ? {} : { because }),
  };
}

/** Refuses a stage that somebody else changes, and a stale plan, before the lock is asked for. */
async function readBefore(plan: Plan, options: ApplyOptions): Promise<ReadState | undefined> {
  const { store, clock, signal, random = Math.random } = options;
  const translate = (thrown: unknown) => storeError(store, thrown);
  const found = await persist(() => readState(store, signal), { clock, random, signal, translate });
  const lock = found?.state.lock;
  // Whoever is at work makes every plan stale; that somebody is, says more.
  if (lock !== undefined && isFresh(lock, clock.now())) {
    throw stateLocked(store.url, lock, clock.now());
  }
  refuseStale(plan, found?.state);
  return found;
}

/** Nothing to do, and nothing to write down: no lock, no write. */
function isDone(plan: Plan, state: State | undefined): boolean {
  if (plan.steps.some(({ action }) => action !== "none")) return false;
  if (state === undefined)
    return plan.steps.length === 0 && Object.keys(plan.bindings).length === 0;
  return stateAfterNothing(plan, state) === state;
}

/**
 * The parts of which no step was begun. Parts that take over things of another one are untouched together with it, or
 * not at all: half of a move put back would leave a thing with both, or with none.
 */
function untouched(
  plan: Plan,
  before: State | undefined,
  outcomes: readonly Outcome[],
): ReadonlySet<string> {
  const begun = new Set<string>();
  for (const [index, step] of plan.steps.entries()) {
    const kind = outcomes[index]?.kind;
    if (kind !== "held" && kind !== "stopped") begun.add(step.part);
  }
  const moves = new Map<string, string[]>();
  for (const [id, { under }] of holdings(plan.parts, before).kept) {
    if (under !== id) moves.set(under, [...(moves.get(under) ?? [under]), id]);
  }
  const left = new Set(plan.steps.map(({ part }) => part).filter((part) => !begun.has(part)));
  for (const together of moves.values()) {
    const isBegun = together.some((part) => begun.has(part));
    for (const part of together) isBegun ? left.delete(part) : left.add(part);
  }
  return left;
}

/** Writes down what is left to say and gives the lock back; answers why all was stopped, if it was. */
async function end(
  { plan, session }: Run,
  before: State | undefined,
  untouched: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<AlienError | undefined> {
  try {
    const change = session.change((state) =>
      withBindings(plan, withoutIntents(before, untouched, state)),
    );
    await Promise.all([change, session.release()]);
  } catch (thrown) {
    if (thrown instanceof AlienError) return thrown;
    throw thrown;
  }
  return signal.aborted
    ? new AlienError("ABORTED", `the ${plan.operation} was stopped`)
    : undefined;
}

function sorted(
  steps: readonly Step[],
  outcomes: readonly Outcome[],
): Omit<ApplyResult, "state" | "because"> {
  const result = {
    done: [] as Step[],
    failed: [] as { step: Step; error: AlienError }[],
    held: [] as { step: Step; behind: string }[],
    interrupted: [] as Step[],
    stopped: [] as Step[],
  };
  for (const [index, step] of steps.entries()) {
    const outcome = outcomes[index];
    if (step.action === "none" || outcome === undefined) continue;
    if (outcome.kind === "failed") result.failed.push({ step, error: outcome.error });
    else if (outcome.kind === "held") result.held.push({ step, behind: outcome.behind });
    else result[outcome.kind].push(step);
  }
  return result;
}
