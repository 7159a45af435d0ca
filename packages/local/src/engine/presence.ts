import type { Catalog } from "./catalog.ts";
import type { Durability, EngineOptions } from "./options.ts";
import type { Plans } from "./plans.ts";
import type { Origin } from "./port.ts";
import type { Holder } from "./sessions.ts";
import type { EngineState } from "./state.ts";

const GRACE_MS = 1_500;

/** Which processes use the store now, and what becomes of the loans of those that are gone. */
export class Presence {
  readonly #options: EngineOptions;
  readonly #plans: Plans;
  readonly #attached = new Set<string>();
  /** Of the attached, those to whom what is acknowledged has to survive the power. */
  readonly #wantingPower = new Set<string>();

  constructor(options: EngineOptions, plans: Plans) {
    this.#options = options;
    this.#plans = plans;
  }

  /** A store was opened: who used it before has the grace to come back. */
  settleIn(state: EngineState): void {
    this.#chooseSync(state);
    this.#planGrace("grace", () => this.#endAbsent(state));
  }

  /** One that wants its messages on the disk gets it, whoever owns the store. */
  #chooseSync({ store }: EngineState): void {
    store.commit.sync = this.#options.durability === "power" || this.#wantingPower.size > 0;
  }

  #planGrace(name: string, run: () => void): void {
    this.#plans.plan(name, this.#options.graceMs ?? GRACE_MS, run);
  }

  /** The session asks for something: it is here. */
  seen(session: string): void {
    this.#attached.add(session);
  }

  /** Whether a request was not applied before; remembers it. */
  isNew(state: EngineState, origin: Origin | undefined): boolean {
    if (origin === undefined) return true;
    this.#attached.add(origin.session);
    return state.sessions.apply(origin, state.store.clock.now());
  }

  attach(state: EngineState, session: string, durability?: Durability): void {
    this.#attached.add(session);
    if (durability === "power") this.#wantingPower.add(session);
    this.#chooseSync(state);
  }

  /** Who holds the session, kept with the store. */
  hold({ sessions, store }: EngineState, session: string, holder: Holder): void {
    sessions.attach(session, holder, store.clock.now());
  }

  /** `current` answers the state of when the grace is over. */
  end(state: EngineState, session: string, clean: boolean, current: () => EngineState): void {
    this.#attached.delete(session);
    this.#wantingPower.delete(session);
    this.#chooseSync(state);
    const { catalog, sessions } = state;
    if (clean) {
      for (const queue of catalog.queues())
        queue.leaveSession(queue.parts.leases.ofSession(session));
      sessions.forget(session);
    } else if (sessions.mayReturn(session)) {
      this.#planGrace(`session ${session}`, () => {
        if (!this.#attached.has(session)) endLeases(current(), session);
      });
    } else endLeases(state, session);
  }

  /** Sessions of before the opening that did not come back in time and whose process is gone died with the last owner. */
  #endAbsent(state: EngineState): void {
    const { catalog, sessions, store } = state;
    if (store.commit.failure !== undefined) return;
    let expected = false;
    for (const session of catalog.inheritedSessions) {
      if (this.#attached.has(session)) continue;
      // A process that is only busy, or stopped, keeps what it has until its leases end.
      if (!sessions.mayReturn(session)) endLeases(state, session);
      else if (hasLeases(catalog, session)) expected = true;
    }
    if (expected) this.#planGrace("grace", () => this.#endAbsent(state));
  }
}

function endLeases({ store, catalog }: EngineState, session: string): void {
  if (store.commit.failure !== undefined) return;
  try {
    for (const queue of catalog.queues()) {
      const leases = queue.parts.leases.ofSession(session);
      if (leases.length > 0) queue.endLeases(leases);
    }
  } catch (error) {
    // Also called by timers: a damaged row fails the store, not the process.
    store.commit.fail(error);
  }
}

function hasLeases(catalog: Catalog, session: string): boolean {
  return catalog.queues().some(({ parts }) => parts.leases.ofSession(session).length > 0);
}
