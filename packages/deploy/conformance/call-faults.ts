import { AlienError } from "@alienplatform/core";

/** What is done to the calls to a vendor; `at` counts them from now on, the next one being 1. */
export type CallFault =
  /** The process dies: this call and all later ones fail, this one after it took place, or before. */
  | { readonly kind: "crash"; readonly at: number; readonly when: "before" | "after" }
  /** The vendor refuses it as one too many. */
  | { readonly kind: "throttle"; readonly at: number }
  /** The vendor refuses it for want of a permission, and all later ones. */
  | { readonly kind: "forbid"; readonly at: number }
  /** It takes place, but its answer is lost. */
  | { readonly kind: "lose"; readonly at: number };

/** What the vendor's client throws where the vendor refuses a call, or does not answer. */
export interface CallRefusals {
  throttled(): Error;
  forbidden(): Error;
  lost(): Error;
}

/** Counts the calls to a vendor and lets them fail. A world puts `around` as close to the wire as its client allows. */
export class CallFaults {
  readonly #refusals: CallRefusals;
  #calls = 0;
  #since = 0;
  #fault: CallFault | undefined;
  #crashed = false;

  constructor(refusals: CallRefusals) {
    this.#refusals = refusals;
  }

  /** Since the fault was set. */
  get calls(): number {
    return this.#calls - this.#since;
  }

  /** Whether the process is dead: its state is not written any more either. */
  get crashed(): boolean {
    return this.#crashed;
  }

  /** What is done to one of the next calls; nothing where it is undefined. */
  set(fault: CallFault | undefined): void {
    this.#since = this.#calls;
    this.#fault = fault;
    this.#crashed = false;
  }

  async around<Result>(call: () => Promise<Result>): Promise<Result> {
    this.#calls += 1;
    const at = this.calls;
    this.#crash(at, "before");
    if (this.#hits("throttle", at)) throw this.#refusals.throttled();
    if (this.#fault?.kind === "forbid" && at >= this.#fault.at) throw this.#refusals.forbidden();
    const result = await call();
    this.#crash(at, "after");
    if (this.#hits("lose", at)) throw this.#refusals.lost();
    return result;
  }

  #hits(kind: CallFault["kind"], at: number): boolean {
    return this.#fault?.kind === kind && this.#fault.at === at;
  }

  #crash(at: number, when: "before" | "after"): void {
    const fault = this.#fault;
    if (fault?.kind === "crash" && fault.at === at && fault.when === when) this.#crashed = true;
    if (this.#crashed) throw new AlienError("ABORTED", "the process was killed");
  }
}
