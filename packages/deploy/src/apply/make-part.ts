import { isDeepStrictEqual } from "node:util";
import { AlienError } from "@alienplatform/core";
import type { Change, Controller, PartContext, RemotePart } from "../controller.ts";
import { controllerOf } from "../controller-of.ts";
import { covers } from "../part/covers.ts";
import { hasUnknown, resolve } from "../part/expression.ts";
import type { Json } from "../part/json.ts";
import { dependenciesOf } from "../part/order.ts";
import { isOurs, ownerText } from "../part/ownership.ts";
import type { Part } from "../part/part.ts";
import { differences } from "../plan/differences.ts";
import type { Step } from "../plan/plan.ts";
import { isMadeAnew } from "../plan/plan-part.ts";
import { readInDoubt } from "../read-in-doubt.ts";
import { type Thing, thingKey, thingsOf, withOwn } from "../state/things.ts";
import { guardLoss } from "./guard-loss.ts";
import { contextOf, type Run, repeated } from "./run.ts";
import { stale } from "./stale.ts";

/** Takes one part from what is there to what is wanted, within what the plan says. */
export async function makePart(run: Run, step: Step, part: Part): Promise<void> {
  const config = resolve(part.config, run.lookup);
  if (hasUnknown(config)) {
    throw new AlienError(
      "PART_FAILED",
      `"${part.id}" needs an attribute that its part does not have`,
    );
  }
  const making = new Making(run, step, part, config);
  await making.intend();
  await repeated(run, step, () => making.attempt());
}

class Making {
  readonly #run: Run;
  readonly #step: Step;
  readonly #part: Part;
  readonly #config: Json;
  readonly #controller: Controller;
  readonly #label: string;
  /** Whether create() was called and has not said whether it succeeded. */
  #inDoubt = false;
  /** Whether create() has succeeded here. */
  #created = false;
  /** Whether what is there is new, so that everything that differs is ours to set. */
  #new = false;

  constructor(run: Run, step: Step, part: Part, config: Json) {
    this.#run = run;
    this.#step = step;
    this.#part = part;
    this.#config = config;
    this.#controller = controllerOf(run.cloud.controllers, part);
    this.#label = `${part.type} "${part.name}"`;
  }

  /** An intent that could be foreseen was written along with the lock. */
  async intend(): Promise<void> {
    const thing = this.#thing;
    if (thing?.status !== "creating" || isDeepStrictEqual(thing.config, this.#config)) return;
    await this.#store("creating", undefined);
  }

  async attempt(): Promise<void> {
    const isAnew = this.#thing?.status === "creating";
    const found = await this.#read();
    if (found !== undefined && isAnew) this.#recognize(found);
    let remote = found ?? (await this.#create());
    let changes = this.#differences(remote);
    this.#check(changes);
    if (changes.some(({ replaces }) => replaces !== undefined)) {
      remote = await this.#createInPlaceOf(remote);
      changes = this.#differences(remote);
      this.#check(changes);
    }
    if (changes.length > 0) {
      if (this.#new) await this.#store("creating", remote);
      remote = await this.#update(remote, changes);
    }
    await this.#store("ready", remote);
  }

  #read(): Promise<RemotePart | undefined> {
    const read = () => this.#controller.read(this.#context());
    return this.#inDoubt ? readInDoubt(read, this.#run.clock, this.#run.signal) : read();
  }

  async #create(): Promise<RemotePart> {
    if (this.#created) {
      throw new AlienError("PART_FAILED", `${this.#label} was made, but cannot be seen yet`, {
        fix: "Deploy again in a minute.",
        retryable: true,
      });
    }
    if (!isMadeAnew(this.#step)) throw stale(`${this.#label} was deleted`);
    this.#inDoubt = true;
    const remote = await this.#controller.create(this.#context(), this.#config);
    this.#inDoubt = false;
    this.#created = true;
    this.#new = true;
    return remote;
  }

  /** What stands where a part was to be made is ours where an earlier attempt made it, and nobody else's. */
  #recognize(found: RemotePart): void {
    this.#new = true;
    if (isOurs(found.owner, this.#run.cloud.place)) return;
    if (found.owner === undefined && this.#thing?.remote?.id === found.id) return;
    const whose = found.owner === undefined ? "unmarked" : `of ${ownerText(found.owner)}`;
    throw new AlienError("NAME_TAKEN", `${this.#label} is there now, ${whose}`, {
      fix: "Plan again: it says how to take it over.",
      details: { part: this.#part.id, name: this.#part.name },
    });
  }

  async #createInPlaceOf(former: RemotePart): Promise<RemotePart> {
    guardLoss(this.#run.plan, this.#step, former);
    await this.#controller.delete(this.#context(), former);
    await this.#store("creating", undefined);
    return this.#create();
  }

  async #update(remote: RemotePart, changes: readonly Change[]): Promise<RemotePart> {
    const updated = await this.#controller.update(this.#context(), this.#config, remote, changes);
    const left = this.#differences(updated);
    if (left.length === 0) return updated;
    const paths = left.map(({ path }) => path).join(", ");
    throw new AlienError(
      "PART_FAILED",
      `${this.#label} was changed, but still differs in ${paths}`,
      {
        fix: "Deploy again; where that changes nothing, report it: the platform's package is wrong.",
        retryable: true,
        details: { part: this.#part.id, paths },
      },
    );
  }

  #check(changes: readonly Change[]): void {
    if (this.#new) this.#refuseReplacing(changes);
    else this.#refuseBeyond(changes);
  }

  /** A plan does not lie: what it did not print is not done. */
  #refuseBeyond(changes: readonly Change[]): void {
    const beyond = changes.filter(
      (change) => !this.#step.changes.some((planned) => isPlanned(change, planned)),
    );
    if (beyond.length === 0) return;
    const paths = beyond.map(({ path }) => path).join(", ");
    throw stale(`${this.#label} was changed in ${paths}`, { part: this.#part.id, paths });
  }

  /** What has just been made cannot be in need of being made anew. */
  #refuseReplacing(changes: readonly Change[]): void {
    const wrong = changes.filter(({ replaces }) => replaces !== undefined);
    if (wrong.length === 0) return;
    const paths = wrong.map(({ path }) => path).join(", ");
    throw new AlienError("PART_FAILED", `${this.#label} was made with another ${paths}`, {
      fix: "Report it: the platform's package is wrong.",
      details: { part: this.#part.id, paths },
    });
  }

  #differences(remote: RemotePart): readonly Change[] {
    return differences(this.#controller, this.#config, remote, this.#run.cloud.place);
  }

  #context(): PartContext {
    const { id, name } = this.#part;
    return contextOf(this.#run, { id, name, config: this.#config }, this.#thing?.remote);
  }

  /** What the state has of it. */
  get #thing(): Thing | undefined {
    const things = thingsOf(this.#run.session.state, this.#part.id);
    return things.find((thing) => thingKey(thing) === thingKey(this.#part));
  }

  #store(status: Thing["status"], remote: RemotePart | undefined): Promise<void> {
    const { id, type, name, resource } = this.#part;
    const own: Thing = {
      type,
      name,
      resource,
      status,
      config: this.#config,
      ...(remote === undefined ? {} : { remote }),
      dependsOn: dependenciesOf(this.#part),
    };
    return this.#run.session.change((state) => withOwn(state, id, own));
  }
}

function isPlanned(change: Change, planned: Change): boolean {
  if (change.path !== planned.path || !covers(planned.to, change.to)) return false;
  return change.replaces === undefined || planned.replaces !== undefined;
}
