import {
  type Change,
  type Controller,
  hasUnknown,
  isUnknown,
  type Owner,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import { isDelaysQueueOf } from "../names.ts";
import type { IamGrantConfig } from "../part-configs.ts";
import { readPolicy, rolesOf, withRoles, writePolicy } from "./iam-policy.ts";
import { OneByOne } from "./one-by-one.ts";
import { type Labels, ownerOf } from "./owner-labels.ts";
import { ownerOfAccount } from "./service-account.ts";

/** What a member may do on a resource. Its id is the resource's path and the member. */
export interface IamGrantPart extends RemotePart {
  readonly settings: Settings;
}

const REPLACED = "a grant is of one member and one resource for good";
const REPLACES = { api: REPLACED, resource: REPLACED, member: REPLACED };

/** Gives roles on single resources. They have no labels: a grant belongs to whom the resource belongs. */
export class IamGrantController implements Controller<IamGrantConfig, IamGrantPart> {
  readonly api = "iam-policies";
  readonly #google: GoogleClient;
  readonly #changes = new OneByOne();

  constructor(google: GoogleClient) {
    this.#google = google;
  }

  async read(context: PartContext<IamGrantConfig>): Promise<IamGrantPart | undefined> {
    const { config, signal } = context;
    // Who is not there yet has no rights.
    if (hasUnknown(config)) return undefined;
    const { api, resource, member } = config;
    const policy = await unlessGone(readPolicy(this.#google, api, pathOf(config), signal));
    const roles = policy === undefined ? [] : rolesOf(policy, member);
    if (roles.length === 0) return undefined;
    const id = idOf(config);
    const owner = await ownerUnlessRemembered(context, id, () => this.#owner(context));
    return { id, ...owner, attributes: {}, settings: { api, resource, member, roles } };
  }

  diff({ roles, ...config }: IamGrantConfig, { settings }: IamGrantPart): readonly Change[] {
    const sorted = isUnknown(roles) ? roles : [...roles].sort();
    return settingChanges({ ...config, roles: sorted }, settings, REPLACES);
  }

  async create(
    context: PartContext<IamGrantConfig>,
    config: IamGrantConfig,
  ): Promise<IamGrantPart> {
    await this.#set(config, config.roles, context.signal);
    const { api, resource, member, roles } = config;
    const id = idOf(config);
    const owner = await ownerUnlessRemembered(context, id, () => this.#owner(context));
    const settings = { api, resource, member, roles: [...roles].sort() };
    return { id, ...owner, attributes: {}, settings };
  }

  async update(
    context: PartContext<IamGrantConfig>,
    config: IamGrantConfig,
    remote: IamGrantPart,
    changes: readonly Change[],
  ): Promise<IamGrantPart> {
    if (changes.some(({ path }) => path === "roles")) {
      await this.#set(config, config.roles, context.signal);
    }
    const settings = { ...remote.settings, roles: [...config.roles].sort() };
    return { ...remote, owner: context.owner, settings };
  }

  async delete({ config, signal }: PartContext<IamGrantConfig>): Promise<void> {
    await unlessGone(this.#set(config, [], signal));
  }

  async #set(config: IamGrantConfig, roles: readonly string[], signal: AbortSignal): Promise<void> {
    const { api, resource, member } = config;
    await this.#changes.run(resource, async () => {
      const path = pathOf(config);
      const policy = await readPolicy(this.#google, api, path, signal);
      await writePolicy(this.#google, api, path, withRoles(policy, member, roles), signal);
    });
  }

  /** Of the resource, whose part is another one. */
  async #owner({ config, owner, signal }: PartContext<IamGrantConfig>): Promise<Owner | undefined> {
    const { api, resource } = config;
    // Whose a queue of Cloud Tasks is, its name says.
    if (api === "cloudtasks") return isDelaysQueueOf(owner, resource) ? owner : undefined;
    const call = { verb: "GET", path: pathOf(config), signal } as const;
    const found = await unlessGone(this.#google.call<Marked>(api, call));
    const of = api === "iam" ? ownerOfAccount(found?.description) : ownerOf(found?.labels);
    return of && { ...of, part: owner.part };
  }
}

/** What says whose a resource is. */
interface Marked {
  readonly labels?: Labels;
  readonly description?: string;
}

function pathOf({ api, resource }: IamGrantConfig): string {
  return `${api === "cloudtasks" ? "v2" : "v1"}/${resource}`;
}

function idOf({ resource, member }: IamGrantConfig): string {
  return `${resource} ${member}`;
}
