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
import type { PubSubSubscriptionConfig } from "../part-configs.ts";
import { undelivered } from "./backlog.ts";
import { type Labels, labelsOf, ownerOf, withLabels } from "./owner-labels.ts";
import { pauseLabels, pauseOf } from "./pause-labels.ts";
import {
  FIELDS,
  requestOf,
  type Subscription,
  settingsOf,
  wantedSettings,
} from "./subscription-settings.ts";

/** A subscription as Pub/Sub has it. Its id is its path. */
export interface PubSubSubscriptionPart extends RemotePart {
  readonly settings: Settings;
  readonly labels: Labels;
}

const FOR_GOOD = "Pub/Sub fixes it when a subscription is made";
const REPLACES = { topic: FOR_GOOD, enableMessageOrdering: FOR_GOOD };

/** Makes what keeps the messages of a topic, and pushes them. */
export class PubSubSubscriptionController
  implements Controller<PubSubSubscriptionConfig, PubSubSubscriptionPart>
{
  readonly api = "pubsub";
  readonly #google: GoogleClient;
  readonly #project: string;

  constructor(google: GoogleClient, project: string) {
    this.#google = google;
    this.#project = project;
  }

  async read(
    context: PartContext<PubSubSubscriptionConfig>,
  ): Promise<PubSubSubscriptionPart | undefined> {
    const { name, signal } = context;
    const call = { verb: "GET", path: `v1/${this.#path(name)}`, signal } as const;
    const found = await unlessGone(this.#google.call<Subscription>("pubsub", call));
    if (found === undefined) return undefined;
    const holds = await undelivered(this.#google, this.#project, context);
    return { ...partOf(found), ...(holds === undefined ? {} : { holds }) };
  }

  /** What an operator has paused does not push, whatever it is to push to: `resume` tells it. */
  diff(config: PubSubSubscriptionConfig, remote: PubSubSubscriptionPart): readonly Change[] {
    const changes = settingChanges(wantedSettings(config), remote.settings, REPLACES);
    const paused = pauseOf(remote.labels) !== undefined && config.push !== undefined;
    return changes.filter(({ path, from }) => path !== "push" || !paused || from !== undefined);
  }

  async create(
    { name, owner, clock, signal }: PartContext<PubSubSubscriptionConfig>,
    config: PubSubSubscriptionConfig,
  ): Promise<PubSubSubscriptionPart> {
    const { pushConfig, ...request } = requestOf(config);
    const pause = config.pausedAtFirst
      ? pauseLabels({ reason: "alien.ts declares it so", since: clock.now() })
      : undefined;
    const body = {
      topic: config.topic,
      enableMessageOrdering: config.enableMessageOrdering,
      ...request,
      ...(pushConfig === undefined || pause !== undefined ? {} : { pushConfig }),
      labels: { ...labelsOf(owner), ...pause },
    };
    const path = `v1/${this.#path(name)}`;
    return partOf(
      await this.#google.call<Subscription>("pubsub", { verb: "PUT", path, body, signal }),
    );
  }

  async update(
    { name, owner, signal }: PartContext<PubSubSubscriptionConfig>,
    config: PubSubSubscriptionConfig,
    remote: PubSubSubscriptionPart,
    changes: readonly Change[],
  ): Promise<PubSubSubscriptionPart> {
    const mask = [
      ...changes.flatMap(({ path }) => FIELDS[path] ?? []),
      ...(marksMissing(changes) ? ["labels"] : []),
    ];
    const subscription = {
      name: this.#path(name),
      ...requestOf(config),
      labels: withLabels(remote.labels, owner),
    };
    const body = { subscription, updateMask: mask.join(",") };
    const path = `v1/${subscription.name}`;
    const found = await this.#google.call<Subscription>("pubsub", {
      verb: "PATCH",
      path,
      body,
      signal,
    });
    return { ...partOf(found), ...(remote.holds === undefined ? {} : { holds: remote.holds }) };
  }

  async delete({ name, signal }: PartContext<PubSubSubscriptionConfig>): Promise<void> {
    const path = `v1/${this.#path(name)}`;
    await unlessGone(this.#google.call("pubsub", { verb: "DELETE", path, signal }));
  }

  #path(name: string): string {
    return `projects/${this.#project}/subscriptions/${name}`;
  }
}

function partOf(found: Subscription): PubSubSubscriptionPart {
  const { name, labels = {} } = found;
  return {
    id: name,
    ...asOwner(ownerOf(labels)),
    attributes: { path: name },
    settings: settingsOf(found),
    labels,
  };
}
