import {
  type Change,
  type Controller,
  hasUnknown,
  type Owner,
  ownerUnlessRemembered,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GcpPlace } from "../gcp-place.ts";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import type { RunInvokersConfig } from "../part-configs.ts";
import { membersOf, readPolicy, withMembers, writePolicy } from "./iam-policy.ts";
import { type Labels, ownerOf } from "./owner-labels.ts";

/** Who may call a function. Its id is the path of the function's service. */
export interface RunInvokersPart extends RemotePart {
  readonly settings: Settings;
}

const ROLE = "roles/run.invoker";
const REPLACES = { service: "it is of one function for good" };

/**
 * Gives the right to call a function, which is a service of Cloud Run. It has no labels: it belongs to whom the function
 * belongs.
 */
export class RunInvokersController implements Controller<RunInvokersConfig, RunInvokersPart> {
  readonly api = "iam-policies";
  readonly #google: GoogleClient;
  readonly #place: GcpPlace;

  constructor(google: GoogleClient, place: GcpPlace) {
    this.#google = google;
    this.#place = place;
  }

  async read(context: PartContext<RunInvokersConfig>): Promise<RunInvokersPart | undefined> {
    const { name: service, signal } = context;
    const policy = await unlessGone(readPolicy(this.#google, "run", this.#path(service), signal));
    const members = policy === undefined ? [] : membersOf(policy, ROLE);
    return members.length === 0 ? undefined : this.#partOf(context, members);
  }

  diff(config: RunInvokersConfig, { settings }: RunInvokersPart): readonly Change[] {
    const { members } = config;
    const sorted = hasUnknown(members) ? members : [...members].sort();
    return settingChanges({ ...config, members: sorted }, settings, REPLACES);
  }

  async create(
    context: PartContext<RunInvokersConfig>,
    config: RunInvokersConfig,
  ): Promise<RunInvokersPart> {
    await this.#set(context, config.members);
    return this.#partOf(context, [...config.members].sort());
  }

  async update(
    context: PartContext<RunInvokersConfig>,
    config: RunInvokersConfig,
    remote: RunInvokersPart,
    changes: readonly Change[],
  ): Promise<RunInvokersPart> {
    if (changes.some(({ path }) => path === "members")) await this.#set(context, config.members);
    const settings = { ...remote.settings, members: [...config.members].sort() };
    return { ...remote, owner: context.owner, settings };
  }

  async delete(context: PartContext<RunInvokersConfig>): Promise<void> {
    await unlessGone(this.#set(context, []));
  }

  async #set(
    { name, signal }: PartContext<RunInvokersConfig>,
    members: readonly string[],
  ): Promise<void> {
    const path = this.#path(name);
    const policy = await readPolicy(this.#google, "run", path, signal);
    await writePolicy(this.#google, "run", path, withMembers(policy, ROLE, members), signal);
  }

  async #partOf(
    context: PartContext<RunInvokersConfig>,
    members: readonly string[],
  ): Promise<RunInvokersPart> {
    const { name: service } = context;
    const { number, region } = this.#place;
    const id = this.#path(service).slice("v2/".length);
    return {
      id,
      ...(await ownerUnlessRemembered(context, id, () => this.#owner(context))),
      attributes: { url: `https://${service}-${number}.${region}.run.app` },
      settings: { service, members },
    };
  }

  /** Of the function, whose part is another one. */
  async #owner({
    name,
    owner,
    signal,
  }: PartContext<RunInvokersConfig>): Promise<Owner | undefined> {
    const { project, region } = this.#place;
    const path = `v2/projects/${project}/locations/${region}/functions/${name}`;
    const found = await unlessGone(
      this.#google.call<{ readonly labels?: Labels }>("cloudfunctions", {
        verb: "GET",
        path,
        signal,
      }),
    );
    const of = ownerOf(found?.labels);
    return of && { ...of, part: owner.part };
  }

  #path(service: string): string {
    const { project, region } = this.#place;
    return `v2/projects/${project}/locations/${region}/services/${service}`;
  }
}
