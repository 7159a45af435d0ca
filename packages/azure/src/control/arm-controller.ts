import {
  asOwner,
  type Change,
  type Controller,
  changed,
  type Owner,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { Arm, ArmResource } from "./arm.ts";
import { ownerOf, tagsOf } from "./owner-tags.ts";

/** A resource as Azure has it. Its id is the resource's. */
export interface ArmPart extends RemotePart {
  readonly settings: Settings;
  /** "Failed" where Azure could not finish the last change. */
  readonly state: string;
}

/** What tells one type of resource from another. */
export interface ArmType<Config> {
  /** The API that it belongs to, by which calls at once are limited. */
  readonly api: string;
  /** Of its REST API: "2021-11-01". */
  readonly version: string;
  /** Undefined where what it hangs on is not known yet. */
  idOf(name: string, config: Config): string | undefined;
  /** What Azure tells of it, in the words of the config. */
  settingsOf(found: ArmResource): Settings;
  /** The same of what is wanted. */
  wantedSettings(config: Config): Settings;
  /** What to ask for, but for the tags. */
  bodyOf(config: Config, context: PartContext<Config>): ArmResource;
  attributesOf?(found: ArmResource): Readonly<Record<string, string>>;
  /** Why Azure cannot change a setting in place. */
  readonly replaces?: Readonly<Record<string, string>>;
  /** Whose it is, where it bears no tags: whose that is which it belongs to. */
  owner?(context: PartContext<Config>, found: ArmResource): Promise<Owner | undefined>;
  holds?(found: ArmResource, context: PartContext<Config>): Promise<string | undefined>;
  /** What it holds is about what the stage's queues hold. */
  readonly isAside?: true;
  /** Before the first of the name is made, and after the last is gone. */
  purge?(context: PartContext<Config>): Promise<void>;
}

/** Makes resources of one type: a PUT makes what is not there and changes what is, as a whole. */
export class ArmController<Config> implements Controller<Config, ArmPart> {
  readonly api: string;
  readonly #arm: Arm;
  readonly #type: ArmType<Config>;

  constructor(arm: Arm, type: ArmType<Config>) {
    this.api = type.api;
    this.#arm = arm;
    this.#type = type;
  }

  async read(context: PartContext<Config>): Promise<ArmPart | undefined> {
    const { name, config, signal } = context;
    const id = this.#type.idOf(name, config);
    if (id === undefined) return undefined;
    const found = await this.#arm.get(id, this.#type.version, signal);
    return found && this.#partOf(id, found, context);
  }

  diff(config: Config, remote: ArmPart): readonly Change[] {
    const { replaces } = this.#type;
    return [
      ...settingChanges(this.#type.wantedSettings(config), remote.settings, replaces),
      ...(remote.state === "Failed" ? changed("state", remote.state, "Succeeded") : []),
    ];
  }

  async create(context: PartContext<Config>, config: Config): Promise<ArmPart> {
    await this.#type.purge?.(context);
    return this.#put(context, config, {});
  }

  async update(
    context: PartContext<Config>,
    config: Config,
    remote: ArmPart,
    _changes: readonly Change[],
  ): Promise<ArmPart> {
    const found = await this.#arm.get(remote.id, this.#type.version, context.signal);
    // Tags that others have put there stay.
    return this.#put(context, config, found?.tags ?? {});
  }

  async delete(context: PartContext<Config>, remote: ArmPart): Promise<void> {
    await this.#arm.delete(remote.id, this.#type.version, context);
    await this.#type.purge?.(context);
  }

  async #put(
    context: PartContext<Config>,
    config: Config,
    tags: Readonly<Record<string, string>>,
  ): Promise<ArmPart> {
    const { version, owner } = this.#type;
    const id = this.#type.idOf(context.name, config) ?? "";
    const marks = owner === undefined ? { tags: { ...tags, ...tagsOf(context.owner) } } : {};
    await this.#arm.put(id, version, { ...this.#type.bodyOf(config, context), ...marks }, context);
    const made = await this.#arm.get(id, version, context.signal);
    if (made === undefined) throw new TypeError(`${id} was made, and is not there`);
    return this.#partOf(id, made, context);
  }

  async #partOf(id: string, found: ArmResource, context: PartContext<Config>): Promise<ArmPart> {
    const { settingsOf, attributesOf, isAside } = this.#type;
    const owner = await (this.#type.owner?.(context, found) ?? ownerOf(found.tags));
    const holds = await this.#type.holds?.(found, context);
    return {
      id,
      ...asOwner(owner),
      attributes: { id, ...attributesOf?.(found) },
      ...(holds === undefined ? {} : { holds, ...(isAside === true ? { isAside } : {}) }),
      settings: settingsOf(found),
      state: String(found.properties?.provisioningState ?? "Succeeded"),
    };
  }
}
