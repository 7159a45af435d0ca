import { systemClock } from "@alienplatform/bindings";
import { AlienError, nearest } from "@alienplatform/core";
import {
  type CheckedHandlers,
  type Cloud,
  type DeployPlatform,
  destroyPlan,
  type LoadedStack,
  observe,
  type Part,
  type Plan,
  plan,
  readState,
  rememberedReads,
  type State,
  type StateStore,
} from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import { stackAround } from "../stack.ts";
import { checkFunctions } from "./check-functions.ts";
import { openStore } from "./open-store.ts";
import { type PackedCode, packFunctions } from "./pack-functions.ts";
import { loadDeployPlatform } from "./platforms.ts";
import { platformOf, type StageOptions } from "./stage-options.ts";

export interface ConnectedOptions extends StageOptions {
  readonly region?: string;
}

export interface PlanOptions extends ConnectedOptions {
  /** False: what the state remembers stands for what is there. */
  readonly refresh: boolean;
  readonly adopt: readonly string[];
  readonly allowDataLoss: readonly string[];
}

/**
 * Consent that names nothing is a typo. What is there may go by another resource than what is to be, where an earlier
 * version deployed it: the plan names either.
 */
function refuseUnknown(
  named: readonly string[],
  { stack }: LoadedStack,
  state: State | undefined,
  parts: readonly Part[] = [],
): void {
  const known = new Set([
    ...stack.resources.map(({ id }) => id),
    ...[...parts, ...Object.values(state?.parts ?? {})].map(({ resource }) => resource),
  ]);
  const unknown = named.find((name) => !known.has(name));
  if (unknown === undefined) return;
  const [near] = nearest(unknown, [...known]);
  throw new AlienError("OPTION_INVALID", `--allow-data-loss: there is no resource "${unknown}"`, {
    fix: near === undefined ? `There is ${[...known].join(", ")}.` : `Did you mean ${near}?`,
  });
}

/** One stage of the stack around here, and the account that it is in. */
export class Deployment {
  readonly stack: LoadedStack;
  readonly cloud: Cloud;
  readonly store: StateStore;
  readonly platform: DeployPlatform;
  readonly #signal: AbortSignal;

  private constructor(
    stack: LoadedStack,
    platform: DeployPlatform,
    cloud: Cloud,
    store: StateStore,
    signal: AbortSignal,
  ) {
    this.stack = stack;
    this.platform = platform;
    this.cloud = cloud;
    this.store = store;
    this.#signal = signal;
  }

  /** Loads alien.ts and asks the vendor who is asking; nothing is written anywhere but generated files in .alien. */
  static async open(
    context: Context,
    options: ConnectedOptions,
    signal: AbortSignal,
  ): Promise<Deployment> {
    const stack = await stackAround(context);
    const name = platformOf(options.platform, stack.stack);
    const platform = await loadDeployPlatform(name);
    const store = await openStore(context, options, {
      stackDirectory: stack.directory,
      stack: stack.stack.name,
      platform: name,
    });
    const cloud = await platform.connect({
      stack: stack.stack.name,
      stage: options.stage,
      environment: context.environment,
      signal,
      ...(options.region === undefined ? {} : { region: options.region }),
    });
    return new Deployment(stack, platform, cloud, store, signal);
  }

  /** Bundles the functions for the platform. */
  pack(): Promise<PackedCode> {
    return packFunctions(this.stack, this.platform, this.cloud.place);
  }

  /** Whether the packed functions handle what they are triggered by. */
  checkHandlers(packed: PackedCode): Promise<CheckedHandlers> {
    return checkFunctions(this.stack, this.platform.target, packed, this.#signal);
  }

  state(): Promise<State | undefined> {
    return readState(this.store, this.#signal).then((read) => read?.state);
  }

  /** What deploy would do now. */
  async plan({ refresh, adopt, allowDataLoss }: PlanOptions): Promise<Plan> {
    const { place, controllers } = this.cloud;
    const packed = await this.pack();
    const lowered = this.platform.lower(this.stack.stack, place, packed.code);
    const state = await this.state();
    refuseUnknown(allowDataLoss, this.stack, state, lowered.parts);
    const [reads, code] = await Promise.all([
      refresh ? this.#observe(lowered.parts, state) : rememberedReads(state),
      this.checkHandlers(packed),
    ]);
    const artifacts = packed.files;
    return plan({
      lowered,
      place,
      controllers,
      state,
      reads,
      adopt,
      allowDataLoss,
      artifacts,
      code,
    });
  }

  /** What destroy would do now. */
  async destroyPlan({ refresh, allowDataLoss }: Omit<PlanOptions, "adopt">): Promise<Plan> {
    const { place, controllers } = this.cloud;
    const state = await this.state();
    if (state === undefined) await this.#refuseLost();
    refuseUnknown(allowDataLoss, this.stack, state);
    const reads = refresh ? await this.#observe([], state) : rememberedReads(state);
    return destroyPlan({ place, controllers, state, reads, allowDataLoss });
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.cloud.close();
  }

  /** Nothing is known of the stage: what carries its marks all the same would be left behind. */
  async #refuseLost(): Promise<void> {
    const { stack, stage } = this.cloud.place;
    const found = await this.cloud
      .owned({ stack, stage }, this.#signal)
      .catch((thrown: unknown) => {
        throw this.cloud.translate(thrown, `looking for parts of stage "${stage}"`);
      });
    if (found.length === 0) return;
    const text = `there is what carries the marks of stage "${stage}" (${found.length} in all), and no state of it in ${this.store.url}`;
    throw new AlienError("STATE_LOST", text, {
      fix: "Bring the state back, or take them over first: alien deploy --adopt all.",
      details: { found },
    });
  }

  #observe(parts: Plan["parts"], state: State | undefined) {
    return observe(parts, state, this.cloud, { clock: systemClock, signal: this.#signal });
  }
}
