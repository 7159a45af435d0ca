import assert from "node:assert/strict";
import { AlienError } from "@alienplatform/core";
import {
  type ApplyResult,
  applyPlan,
  type Change,
  type Controller,
  destroyPlan,
  type Lowered,
  MemoryStateStore,
  observe,
  type Part,
  type PartContext,
  type Plan,
  type PlanInput,
  plan,
  type RemotePart,
  readState,
  resolve,
  type State,
  type StateStore,
  unlock,
} from "../src/index.ts";
import { eventually } from "./eventually.ts";
import type { ControllerCase, ControllerWorld, Patch } from "./world.ts";

const never = new AbortController().signal;

/** What a case works with: a world, a state, and the engine over both. */
export class Bench {
  readonly world: ControllerWorld;
  readonly parts: readonly Part[];
  /** The part that the case is about. */
  readonly part: Part;
  readonly controller: Controller;
  readonly #store = new MemoryStateStore();

  constructor(world: ControllerWorld, about: ControllerCase) {
    this.world = world;
    this.parts = about.parts(world.cloud.place);
    const part = this.parts.at(-1);
    const controller = part && world.cloud.controllers[part.type];
    if (part === undefined || controller === undefined) {
      throw new TypeError(`"${about.name}" has no part, or one of a type without a controller`);
    }
    this.part = part;
    this.controller = controller;
  }

  /** The parts, with other values in the config of the last. */
  patched(patch: Patch): readonly Part[] {
    const config = { ...this.part.config, ...patch };
    return [...this.parts.slice(0, -1), { ...this.part, config }];
  }

  async plan(parts: readonly Part[] = this.parts, more: Partial<PlanInput> = {}): Promise<Plan> {
    const input = await this.#input(parts);
    return plan({ ...input, lowered: lowered(parts), ...more });
  }

  async destroyPlan(): Promise<Plan> {
    return destroyPlan(await this.#input([]));
  }

  async apply(made: Plan): Promise<ApplyResult> {
    return applyPlan(made, {
      cloud: this.world.cloud,
      store: this.#crashing(),
      directory: this.world.directory ?? ".",
      owner: "conformance",
      clock: this.world.clock,
      signal: never,
    });
  }

  /** Plans and applies; throws the first failure. */
  async deploy(parts?: readonly Part[], more?: Partial<PlanInput>): Promise<ApplyResult> {
    return succeeded(await this.apply(await this.plan(parts, more)));
  }

  /** What the part needs: how those are made is for cases of their own. */
  async deployOthers(): Promise<void> {
    const others = this.parts.slice(0, -1);
    if (others.length > 0) await this.deploy(others);
  }

  /** Deletes the part alone: how those that it needs are deleted is for cases of their own. */
  async remove(): Promise<void> {
    const others = this.parts.slice(0, -1);
    if (others.length > 0) await this.deploy(others);
    else await this.destroy();
  }

  async destroy(more: Partial<PlanInput> = {}): Promise<void> {
    const input = await this.#input([]);
    succeeded(await this.apply(destroyPlan({ ...input, ...more })));
  }

  /** The process that had the lock is dead, and somebody has noticed. */
  async recover(): Promise<void> {
    this.world.faults.set(undefined);
    await unlock(this.#store, { clock: this.world.clock, signal: never });
  }

  async state(): Promise<State | undefined> {
    return (await readState(this.#store, never))?.state;
  }

  /** What the controller finds now. */
  async read(part: Part = this.part): Promise<RemotePart | undefined> {
    return this.controllerOf(part).read(await this.context(part));
  }

  /** What a controller gets to know of a part. */
  async context(part: Part = this.part, owner?: PartContext["owner"]): Promise<PartContext> {
    const { place } = this.world.cloud;
    const state = await this.state();
    const remembered = state?.parts[part.id]?.remote?.id;
    return {
      owner: owner ?? { stack: place.stack, stage: place.stage, part: part.id },
      name: part.name,
      config: await this.config(part),
      ...(remembered === undefined ? {} : { remembered }),
      clock: this.world.clock,
      signal: never,
      artifact: (sha256) => this.#artifact(sha256),
    };
  }

  /** The config of a part, with the attributes of what is there. */
  async config(part: Part = this.part) {
    const state = await this.state();
    const known = new Map(this.parts.map(({ id, known = {} }) => [id, known]));
    return resolve(part.config, ({ $ref, attribute }) => {
      return known.get($ref)?.[attribute] ?? state?.parts[$ref]?.remote?.attributes[attribute];
    });
  }

  /** Changes it behind the engine's back. */
  async meddle(patch: Patch): Promise<readonly Change[]> {
    const part = { ...this.part, config: { ...this.part.config, ...patch } };
    const context = await this.context(part);
    const remote = await this.controller.read(context);
    if (remote === undefined) throw new TypeError("there is nothing to meddle with");
    const changes = this.controller.diff(context.config, remote);
    await this.controller.update(context, context.config, remote, changes);
    return changes;
  }

  /** All that carries the mark of the stage, as soon as it is as many things as are expected. */
  async owned(expected: number): Promise<readonly string[]> {
    const { cloud, clock } = this.world;
    const { stack, stage } = cloud.place;
    return eventually(clock, async () => {
      const ids = await cloud.owned({ stack, stage }, never);
      assert.equal(ids.length, expected, `the stage owns ${ids.join(", ") || "nothing"}`);
      return ids;
    });
  }

  /** Destroys everything and sees that nothing is left, also what lists show late. */
  async empty(): Promise<void> {
    await this.destroy();
    for (let times = 0; times < 3; times++) await this.owned(0);
  }

  async #input(parts: readonly Part[]) {
    const { cloud, clock, artifacts = {} } = this.world;
    const state = await this.state();
    const reads = await observe(parts, state, cloud, { clock, signal: never });
    const { place, controllers } = cloud;
    return { place, controllers, state, reads, artifacts };
  }

  controllerOf(part: Part): Controller {
    const controller = this.world.cloud.controllers[part.type];
    if (controller === undefined) throw new TypeError(`no controller for "${part.type}"`);
    return controller;
  }

  async #artifact(sha256: string): Promise<Uint8Array> {
    const { readFile } = await import("node:fs/promises");
    const { join } = await import("node:path");
    const path = this.world.artifacts?.[sha256];
    if (path === undefined) throw new TypeError(`the world has no artifact ${sha256}`);
    return readFile(join(this.world.directory ?? ".", path));
  }

  /** A dead process writes no state. */
  #crashing(): StateStore {
    const { faults } = this.world;
    const store = this.#store;
    return {
      url: store.url,
      read: () => store.read(),
      write: async (text, replaced) => {
        if (faults.crashed) throw new AlienError("ABORTED", "the process was killed");
        return store.write(text, replaced);
      },
      close: () => store.close(),
    };
  }
}

function lowered(parts: readonly Part[]): Lowered {
  return { parts, bindings: {} };
}

function succeeded(result: ApplyResult): ApplyResult {
  const error = result.failed[0]?.error ?? result.because;
  if (error !== undefined) throw error;
  return result;
}
