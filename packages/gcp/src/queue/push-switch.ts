import type { Pause, PauseRequest } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { PushTarget } from "../address.ts";
import { clientSettings } from "../client-settings.ts";
import type { Labels } from "../control/owner-labels.ts";
import { pauseLabels, pauseOf, withoutPause } from "../control/pause-labels.ts";
import { deployError } from "../deploy-errors.ts";
import { GoogleClient } from "../google-client.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";

/** What is read of a subscription. */
interface Pushing {
  readonly labels?: Labels;
  readonly pushConfig?: { readonly pushEndpoint?: string };
}

const never = new AbortController().signal;

/**
 * What pushes the messages of a subscription to a function. Without its push configuration messages wait; why is in the
 * subscription's labels, and deploys leave both as they are. https://cloud.google.com/pubsub/docs/create-push-subscription
 */
export class PushSwitch {
  readonly #name: string;
  readonly #subscription: string;
  readonly #target: PushTarget;
  readonly #google = new GoogleClient(clientSettings({ environment: process.env }));

  /** Does no I/O. */
  constructor({ name, subscription }: PubSubQueue, target: PushTarget) {
    this.#name = name;
    this.#subscription = subscription;
    this.#target = target;
  }

  /** Why no function is called; undefined where one is. */
  async paused(): Promise<Pause | undefined> {
    const { labels, pushConfig } = await this.#read("reading why it is paused");
    if (isOn(pushConfig)) return undefined;
    const mark = pauseOf(labels);
    return {
      reason: mark?.reason ?? "somebody switched its push off at Google",
      since: mark?.since ?? 0,
      whilePaused: "wait",
    };
  }

  async pause({ reason, until, whilePaused }: PauseRequest, now: number): Promise<void> {
    if (until !== undefined) {
      throw this.#cannot("resumes by itself", "Leave out until, and resume it.");
    }
    if (whilePaused === "deadLetter") {
      throw this.#cannot(
        "dead-letters what arrives meanwhile",
        "Leave out whilePaused: messages wait.",
      );
    }
    const { labels } = await this.#read("pausing");
    await this.#write("pausing", {
      labels: { ...withoutPause(labels), ...pauseLabels({ reason, since: now }) },
      pushConfig: {},
    });
  }

  async resume(): Promise<void> {
    const { labels, pushConfig } = await this.#read("resuming");
    if (isOn(pushConfig)) return;
    const { endpoint, audience, serviceAccount } = this.#target;
    await this.#write("resuming", {
      labels: withoutPause(labels),
      pushConfig: {
        pushEndpoint: endpoint,
        oidcToken: { serviceAccountEmail: serviceAccount, audience },
      },
    });
  }

  #read(doing: string): Promise<Pushing> {
    const path = `v1/${this.#subscription}`;
    return this.#told(doing, () =>
      this.#google.call("pubsub", { verb: "GET", path, signal: never }),
    );
  }

  /** Both at once: deploy must never see the one without the other. */
  async #write(doing: string, change: object): Promise<void> {
    const body = {
      subscription: { name: this.#subscription, ...change },
      updateMask: "labels,pushConfig",
    };
    const path = `v1/${this.#subscription}`;
    await this.#told(doing, () =>
      this.#google.call("pubsub", { verb: "PATCH", path, body, signal: never }),
    );
  }

  async #told<T>(doing: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call();
    } catch (thrown) {
      throw deployError(thrown, `${doing} queue "${this.#name}"`);
    }
  }

  #cannot(what: string, fix: string): AlienError {
    return new AlienError("UNSUPPORTED", `on Pub/Sub no queue ${what}: "${this.#name}"`, { fix });
  }
}

function isOn(config: Pushing["pushConfig"]): boolean {
  return config?.pushEndpoint !== undefined && config.pushEndpoint !== "";
}
