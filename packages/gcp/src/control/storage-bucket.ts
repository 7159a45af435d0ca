import {
  asOwner,
  type Change,
  type Controller,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import type { StorageBucketConfig } from "../part-configs.ts";
import { type Labels, labelsOf, ownerOf, withLabels } from "./owner-labels.ts";

/** A bucket as Cloud Storage has it. Its id is "gs://" and its name. */
export interface StorageBucketPart extends RemotePart {
  readonly settings: Settings;
  readonly labels: Labels;
}

/** https://cloud.google.com/storage/docs/json_api/v1/buckets#resource-representations */
interface Bucket {
  readonly name: string;
  readonly location?: string;
  readonly labels?: Labels;
  readonly iamConfiguration?: {
    readonly uniformBucketLevelAccess?: { readonly enabled?: boolean };
    readonly publicAccessPrevention?: string;
  };
  readonly softDeletePolicy?: { readonly retentionDurationSeconds?: string };
}

interface Listed {
  readonly items?: readonly { readonly name: string }[];
}

const REPLACES = { location: "a bucket stays where it was made" };

/** Makes the bucket that the code of a stage's functions is uploaded to. */
export class StorageBucketController implements Controller<StorageBucketConfig, StorageBucketPart> {
  readonly api = "storage";
  readonly #google: GoogleClient;
  readonly #project: string;

  constructor(google: GoogleClient, project: string) {
    this.#google = google;
    this.#project = project;
  }

  async read({
    name,
    signal,
  }: PartContext<StorageBucketConfig>): Promise<StorageBucketPart | undefined> {
    const path = pathOf(name);
    const found = await unlessGone(
      this.#google.call<Bucket>("storage", { verb: "GET", path, signal }),
    );
    return found && partOf(found);
  }

  diff(config: StorageBucketConfig, { settings }: StorageBucketPart): readonly Change[] {
    return settingChanges(config, settings, REPLACES);
  }

  async create(
    { name, owner, signal }: PartContext<StorageBucketConfig>,
    config: StorageBucketConfig,
  ): Promise<StorageBucketPart> {
    const body = {
      name,
      location: config.location,
      ...requestOf(config),
      labels: labelsOf(owner),
    };
    const query = { project: this.#project };
    return partOf(
      await this.#google.call<Bucket>("storage", {
        verb: "POST",
        path: "storage/v1/b",
        query,
        body,
        signal,
      }),
    );
  }

  async update(
    { name, owner, signal }: PartContext<StorageBucketConfig>,
    config: StorageBucketConfig,
    remote: StorageBucketPart,
  ): Promise<StorageBucketPart> {
    const body = { ...requestOf(config), labels: withLabels(remote.labels, owner) };
    const path = pathOf(name);
    return partOf(
      await this.#google.call<Bucket>("storage", { verb: "PATCH", path, body, signal }),
    );
  }

  /** With what is left in it: zips of functions, which are made again from the same code. */
  async delete({ name, signal }: PartContext<StorageBucketConfig>): Promise<void> {
    const path = pathOf(name);
    const call = { verb: "GET", path: `${path}/o`, signal } as const;
    const { items = [] } = (await unlessGone(this.#google.call<Listed>("storage", call))) ?? {};
    for (const item of items) {
      const object = `${path}/o/${encodeURIComponent(item.name)}`;
      await unlessGone(this.#google.call("storage", { verb: "DELETE", path: object, signal }));
    }
    await unlessGone(this.#google.call("storage", { verb: "DELETE", path, signal }));
  }
}

function pathOf(bucket: string): string {
  return `storage/v1/b/${bucket}`;
}

function requestOf(config: StorageBucketConfig) {
  const { uniformBucketLevelAccess, publicAccessPrevention, softDelete } = config;
  return {
    iamConfiguration: {
      uniformBucketLevelAccess: { enabled: uniformBucketLevelAccess },
      publicAccessPrevention,
    },
    softDeletePolicy: { retentionDurationSeconds: String(softDelete) },
  };
}

function partOf(found: Bucket): StorageBucketPart {
  const { name, location = "", labels = {}, iamConfiguration, softDeletePolicy } = found;
  return {
    id: `gs://${name}`,
    ...asOwner(ownerOf(labels)),
    attributes: { name },
    settings: {
      // It answers in capitals.
      location: location.toLowerCase(),
      uniformBucketLevelAccess: iamConfiguration?.uniformBucketLevelAccess?.enabled ?? false,
      publicAccessPrevention: iamConfiguration?.publicAccessPrevention ?? "inherited",
      softDelete: Number(softDeletePolicy?.retentionDurationSeconds ?? 0),
    },
    labels,
  };
}
