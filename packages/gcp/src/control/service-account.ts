import {
  asOwner,
  type Change,
  type Controller,
  type Owner,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GcpPlace } from "../gcp-place.ts";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import { emailOf } from "../names.ts";
import type { ServiceAccountConfig } from "../part-configs.ts";

/** A service account as IAM has it. Its id is its e-mail address. */
export interface ServiceAccountPart extends RemotePart {
  readonly settings: Settings;
}

/** https://cloud.google.com/iam/docs/reference/rest/v1/projects.serviceAccounts */
export interface ServiceAccount {
  readonly email?: string;
  readonly displayName?: string;
  readonly description?: string;
}

/** Makes service accounts. They bear no labels, so whose they are is in their description. */
export class ServiceAccountController
  implements Controller<ServiceAccountConfig, ServiceAccountPart>
{
  readonly api = "iam";
  readonly #google: GoogleClient;
  readonly #place: GcpPlace;

  constructor(google: GoogleClient, place: GcpPlace) {
    this.#google = google;
    this.#place = place;
  }

  async read({
    name,
    signal,
  }: PartContext<ServiceAccountConfig>): Promise<ServiceAccountPart | undefined> {
    const path = this.#path(name);
    const found = await unlessGone(
      this.#google.call<ServiceAccount>("iam", { verb: "GET", path, signal }),
    );
    return found && this.#partOf(found, name);
  }

  diff(config: ServiceAccountConfig, { settings }: ServiceAccountPart): readonly Change[] {
    return settingChanges(config, settings);
  }

  async create(
    { name, owner, signal }: PartContext<ServiceAccountConfig>,
    { displayName }: ServiceAccountConfig,
  ): Promise<ServiceAccountPart> {
    const found = await this.#google.call<ServiceAccount>("iam", {
      verb: "POST",
      path: `v1/projects/${this.#place.project}/serviceAccounts`,
      body: { accountId: name, serviceAccount: { displayName, description: descriptionOf(owner) } },
      signal,
    });
    return this.#partOf(found, name);
  }

  async update(
    { name, owner, signal }: PartContext<ServiceAccountConfig>,
    { displayName }: ServiceAccountConfig,
  ): Promise<ServiceAccountPart> {
    const found = await this.#google.call<ServiceAccount>("iam", {
      verb: "PATCH",
      path: this.#path(name),
      body: {
        serviceAccount: { displayName, description: descriptionOf(owner) },
        updateMask: "displayName,description",
      },
      signal,
    });
    return this.#partOf(found, name);
  }

  async delete({ name, signal }: PartContext<ServiceAccountConfig>): Promise<void> {
    await unlessGone(this.#google.call("iam", { verb: "DELETE", path: this.#path(name), signal }));
  }

  #partOf({ displayName = "", description }: ServiceAccount, name: string): ServiceAccountPart {
    const email = emailOf(this.#place, name);
    return {
      id: email,
      ...asOwner(ownerOfAccount(description)),
      attributes: { email },
      settings: { displayName },
    };
  }

  #path(name: string): string {
    const { project } = this.#place;
    return `v1/projects/${project}/serviceAccounts/${emailOf(this.#place, name)}`;
  }
}

/** Whose it is, as its description says it: "alien shop dev function/worker/account". */
export function descriptionOf({ stack, stage, part }: Owner): string {
  return `alien ${stack} ${stage} ${part}`;
}

/** Whose a service account of this description is. */
export function ownerOfAccount(description = ""): Owner | undefined {
  const [, stack, stage, part] = /^alien (\S+) (\S+) (\S+)$/.exec(description) ?? [];
  return stack === undefined || stage === undefined || part === undefined
    ? undefined
    : { stack, stage, part };
}
