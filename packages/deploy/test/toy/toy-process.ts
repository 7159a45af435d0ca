import { AlienError, type Clock } from "@alienplatform/core";
import type { StateStore } from "../../src/index.ts";
import type { Deployment } from "./deploy.ts";
import { toyCloud } from "./toy-platform.ts";
import { ToyError, type ToyLine, type ToyVendor } from "./toy-vendor.ts";

/** What happens at one of the calls of a process, counted from 0, state reads and writes included. */
export type Fault =
  | { readonly kind: "kill"; readonly at: number; readonly when: "before" | "after" }
  /** Whoever started it asks it to stop. */
  | { readonly kind: "abort"; readonly at: number }
  /** Refused, and not carried out. */
  | { readonly kind: "throttle"; readonly at: number }
  /** Carried out, but the answer does not arrive. */
  | { readonly kind: "lose"; readonly at: number };

/** A deploy that runs over lines which fail where they are told to. Once it is killed nothing that it does takes place. */
export class ToyProcess implements Deployment {
  readonly cloud;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly #faults: readonly Fault[];
  readonly #abort = new AbortController();
  readonly signal = this.#abort.signal;
  #calls = 0;
  #killed = false;

  constructor(vendor: ToyVendor, store: StateStore, clock: Clock, faults: readonly Fault[] = []) {
    this.#faults = faults;
    this.clock = clock;
    const line = this.#line((kind) => new ToyError(kind, kind));
    this.cloud = toyCloud(vendor.client(line));
    this.store = this.#overLine(store);
  }

  /** How many calls it made. */
  get calls(): number {
    return this.#calls;
  }

  get killed(): boolean {
    return this.#killed;
  }

  #line(refused: (kind: "throttled" | "lost") => Error): ToyLine {
    return async (call) => {
      const at = this.#calls;
      this.#calls += 1;
      this.#kill(at, "before");
      if (this.#has("abort", at)) this.#abort.abort();
      if (this.#has("throttle", at)) throw refused("throttled");
      const result = await call();
      this.#kill(at, "after");
      if (this.#has("lose", at)) throw refused("lost");
      return result;
    };
  }

  #kill(at: number, when: "before" | "after"): void {
    this.#killed ||= this.#faults.some(
      (fault) => fault.kind === "kill" && fault.at === at && fault.when === when,
    );
    if (this.#killed) throw new AlienError("ABORTED", "the process was killed");
  }

  #has(kind: Fault["kind"], at: number): boolean {
    return this.#faults.some((fault) => fault.kind === kind && fault.at === at);
  }

  #overLine(store: StateStore): StateStore {
    const line = this.#line(
      (kind) => new AlienError("SERVICE_UNAVAILABLE", kind, { retryable: true }),
    );
    return {
      url: store.url,
      read: (signal) => line(() => store.read(signal)),
      write: (text, replaced, signal) => line(() => store.write(text, replaced, signal)),
      close: () => store.close(),
    };
  }
}
