import { randomBytes } from "node:crypto";
import {
  asOwner,
  type Change,
  type Controller,
  marksMissing,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import type { SecretConfig } from "../part-configs.ts";
import { type Labels, labelsOf, ownerOf, withLabels } from "./owner-labels.ts";

/** A secret as Secret Manager has it. Its id is its path. */
export interface SecretPart extends RemotePart {
  readonly settings: Settings;
  readonly labels: Labels;
}

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets */
interface Secret {
  readonly name: string;
  readonly labels?: Labels;
  readonly replication?: {
    readonly userManaged?: { readonly replicas?: readonly { readonly location?: string }[] };
  };
}

/** https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions */
interface Versions {
  /** "projects/<number>/secrets/<id>/versions/<n>"; a destroyed one has no value any more. */
  readonly versions?: readonly { readonly name?: string; readonly state?: string }[];
  readonly nextPageToken?: string;
}

/** What is known of its values, none of which is read. */
interface Values {
  readonly hasOne: boolean;
  /** Whether there is one that deploy did not write: of what it makes unguessable it writes the first version. */
  readonly isSet: boolean;
}

const NO_VALUE: Values = { hasOne: false, isSet: false };

/** Versions looked at. */
const PAGE = 100;

/** Bytes of a secret that only has to be unguessable. */
const RANDOM_BYTES = 32;

const REPLACES = { location: "Secret Manager keeps a secret where it was made" };

/** Makes the places of secrets. No value is ever read; one that only has to be unguessable is written once. */
export class SecretController implements Controller<SecretConfig, SecretPart> {
  readonly api = "secretmanager";
  readonly #google: GoogleClient;
  readonly #project: string;

  constructor(google: GoogleClient, project: string) {
    this.#google = google;
    this.#project = project;
  }

  async read(context: PartContext<SecretConfig>): Promise<SecretPart | undefined> {
    const { name, config, signal } = context;
    const path = this.#path(name);
    const found = await unlessGone(
      this.#google.call<Secret>("secretmanager", { verb: "GET", path, signal }),
    );
    if (found === undefined) return undefined;
    return this.#partOf(found, context, await this.#values(path, config.firstValue, signal));
  }

  diff({ location, firstValue }: SecretConfig, { settings }: SecretPart): readonly Change[] {
    // One that somebody is to set has a value, or has none: both are as they should be.
    return settingChanges({ location, firstValue }, settings, REPLACES);
  }

  async create(context: PartContext<SecretConfig>, config: SecretConfig): Promise<SecretPart> {
    const { name, owner, signal } = context;
    const made = await this.#google.call<Secret>("secretmanager", {
      verb: "POST",
      path: `v1/projects/${this.#project}/secrets`,
      query: { secretId: name },
      body: {
        replication: { userManaged: { replicas: [{ location: config.location }] } },
        labels: labelsOf(owner),
      },
      signal,
    });
    return this.#partOf(made, context, NO_VALUE);
  }

  async update(
    context: PartContext<SecretConfig>,
    config: SecretConfig,
    remote: SecretPart,
    changes: readonly Change[],
  ): Promise<SecretPart> {
    const { name, owner, signal } = context;
    const path = this.#path(name);
    if (changes.some((change) => change.path === "firstValue") && config.firstValue === "random") {
      const data = Buffer.from(randomBytes(RANDOM_BYTES).toString("base64url")).toString("base64");
      const body = { payload: { data } };
      await this.#google.call("secretmanager", {
        verb: "POST",
        path: `${path}:addVersion`,
        body,
        signal,
      });
    }
    let { labels } = remote;
    if (marksMissing(changes)) {
      labels = withLabels(labels, owner);
      await this.#google.call("secretmanager", {
        verb: "PATCH",
        path,
        query: { updateMask: "labels" },
        body: { labels },
        signal,
      });
    }
    const settings = { ...remote.settings, firstValue: config.firstValue };
    return { ...remote, owner: context.owner, labels, settings };
  }

  async delete({ name, signal }: PartContext<SecretConfig>): Promise<void> {
    const path = this.#path(name);
    await unlessGone(this.#google.call("secretmanager", { verb: "DELETE", path, signal }));
  }

  async #values(
    path: string,
    firstValue: SecretConfig["firstValue"],
    signal: AbortSignal,
  ): Promise<Values> {
    const query = { pageSize: PAGE };
    const call = { verb: "GET", path: `${path}/versions`, query, signal } as const;
    const answer = await this.#google.call<Versions>("secretmanager", call);
    const { versions = [], nextPageToken = "" } = answer;
    const others = versions.filter(
      ({ name = "", state }) =>
        state !== "DESTROYED" && (firstValue === "none" || !name.endsWith("/versions/1")),
    );
    return { hasOne: versions.length > 0, isSet: others.length > 0 || nextPageToken !== "" };
  }

  #partOf(
    { labels = {}, replication }: Secret,
    { name, config }: PartContext<SecretConfig>,
    { hasOne, isSet }: Values,
  ): SecretPart {
    const path = `projects/${this.#project}/secrets/${name}`;
    const location = replication?.userManaged?.replicas?.[0]?.location;
    return {
      id: path,
      ...asOwner(ownerOf(labels)),
      attributes: { path },
      ...(isSet ? { holds: "its value" } : {}),
      settings: {
        ...(location === undefined ? {} : { location }),
        firstValue: config.firstValue === "random" && hasOne ? "random" : "none",
      },
      labels,
    };
  }

  #path(name: string): string {
    return `v1/projects/${this.#project}/secrets/${name}`;
  }
}
