import {
  asOwner,
  type Change,
  type Controller,
  marksMissing,
  OWNER,
  type PartContext,
  type RemotePart,
  type Settings,
  settingChanges,
} from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import type { PubSubTopicConfig } from "../part-configs.ts";
import type { DelayedMessages } from "./delayed-messages.ts";
import { type Labels, labelsOf, ownerOf, withLabels } from "./owner-labels.ts";

/** A topic as Pub/Sub has it. Its id is its path. */
export interface PubSubTopicPart extends RemotePart {
  readonly settings: Settings;
  readonly labels: Labels;
}

/** https://cloud.google.com/pubsub/docs/reference/rest/v1/projects.topics#resource:-topic */
interface Topic {
  readonly name: string;
  readonly labels?: Labels;
  readonly messageStoragePolicy?: { readonly allowedPersistenceRegions?: readonly string[] };
}

/** Makes topics. */
export class PubSubTopicController implements Controller<PubSubTopicConfig, PubSubTopicPart> {
  readonly api = "pubsub";
  readonly #google: GoogleClient;
  readonly #project: string;
  readonly #delayed: DelayedMessages;

  constructor(google: GoogleClient, project: string, delayed: DelayedMessages) {
    this.#google = google;
    this.#project = project;
    this.#delayed = delayed;
  }

  async read({
    name,
    signal,
  }: PartContext<PubSubTopicConfig>): Promise<PubSubTopicPart | undefined> {
    const path = `v1/${this.#path(name)}`;
    const found = await unlessGone(
      this.#google.call<Topic>("pubsub", { verb: "GET", path, signal }),
    );
    if (found === undefined) return undefined;
    const holds = await this.#delayed.of(found.name, signal);
    return { ...partOf(found), ...(holds === undefined ? {} : { holds }) };
  }

  diff(config: PubSubTopicConfig, { settings }: PubSubTopicPart): readonly Change[] {
    return settingChanges(config, settings);
  }

  async create(
    { name, owner, signal }: PartContext<PubSubTopicConfig>,
    config: PubSubTopicConfig,
  ): Promise<PubSubTopicPart> {
    const path = `v1/${this.#path(name)}`;
    const body = { messageStoragePolicy: { ...config }, labels: labelsOf(owner) };
    return partOf(await this.#google.call<Topic>("pubsub", { verb: "PUT", path, body, signal }));
  }

  async update(
    { name, owner, signal }: PartContext<PubSubTopicConfig>,
    config: PubSubTopicConfig,
    remote: PubSubTopicPart,
    changes: readonly Change[],
  ): Promise<PubSubTopicPart> {
    const mask = [
      ...(changes.some(({ path }) => path !== OWNER) ? ["messageStoragePolicy"] : []),
      ...(marksMissing(changes) ? ["labels"] : []),
    ];
    const topic = {
      name: this.#path(name),
      messageStoragePolicy: { ...config },
      labels: withLabels(remote.labels, owner),
    };
    const body = { topic, updateMask: mask.join(",") };
    const path = `v1/${topic.name}`;
    const call = { verb: "PATCH", path, body, signal } as const;
    const changed = await this.#google.call<Topic>("pubsub", call);
    return { ...partOf(changed), ...(remote.holds === undefined ? {} : { holds: remote.holds }) };
  }

  async delete({ name, signal }: PartContext<PubSubTopicConfig>): Promise<void> {
    const path = `v1/${this.#path(name)}`;
    await unlessGone(this.#google.call("pubsub", { verb: "DELETE", path, signal }));
  }

  #path(name: string): string {
    return `projects/${this.#project}/topics/${name}`;
  }
}

function partOf({ name, labels = {}, messageStoragePolicy }: Topic): PubSubTopicPart {
  const regions = messageStoragePolicy?.allowedPersistenceRegions;
  return {
    id: name,
    ...asOwner(ownerOf(labels)),
    attributes: { path: name },
    settings: regions === undefined ? {} : { allowedPersistenceRegions: [...regions].sort() },
    labels,
  };
}
