import type { QueueOptions } from "@alienplatform/bindings";
import { PublisherClient, SubscriberClient } from "@google-cloud/pubsub/build/src/v1/index.js";
import { googleAuthLibrary, grpc } from "google-gax";
import type { PubSubAddress } from "../../src/address.ts";

/** Google's emulator refuses more; the service keeps up to 31 days. */
const LONGEST_SECONDS = 7 * 86_400;

/** What a test changes of the queues that deploy would make. */
export interface Made {
  /** Without one Pub/Sub counts no deliveries. */
  readonly deadLetterPolicy?: boolean;
  readonly exactlyOnce?: boolean;
  readonly maxDeliveryAttempts?: number;
  /** Where the subscription pushes to. */
  readonly pushEndpoint?: string;
  /** The declared queue that dead letters go to, in place of a topic of their own. */
  readonly deadLetters?: PubSubAddress;
}

/** Makes and removes queues of one project, with Google's own clients. */
export class PubSubAdmin {
  readonly #publisher: PublisherClient;
  readonly #subscriber: SubscriberClient;
  readonly #endpoint: string | undefined;
  readonly #project: string;

  /** Of an emulator, or, without an endpoint, of Pub/Sub itself by Application Default Credentials. */
  constructor(endpoint?: string, project = "alien") {
    const options = endpoint === undefined ? {} : emulated(endpoint);
    this.#publisher = new PublisherClient(options);
    this.#subscriber = new SubscriberClient(options);
    this.#endpoint = endpoint;
    this.#project = project;
  }

  /** A queue as deploy would make it: two topics and a subscription of each. */
  async make(name: string, options: QueueOptions, made: Made = {}): Promise<PubSubAddress> {
    const { deadLetterPolicy = true, exactlyOnce = false, maxDeliveryAttempts = 100 } = made;
    const { deadLetters, pushEndpoint } = made;
    const ordered = options.fifo !== undefined;
    // Shorter leases are given at receipt: a subscription's own is 10 s at least.
    const ackDeadlineSeconds = Math.min(600, Math.max(10, Math.ceil(options.leaseMs / 1_000)));
    const address: PubSubAddress = {
      project: this.#project,
      topic: name,
      subscription: name,
      deadTopic: deadLetters?.topic ?? deadOf(name),
      deadSubscription: deadLetters?.subscription ?? deadOf(name),
      ordered,
      ackDeadlineSeconds,
      ...(this.#endpoint === undefined ? {} : { endpoint: this.#endpoint }),
    };
    const deadTopic = topicPath(address, address.deadTopic);
    await this.#publisher.createTopic({ name: topicPath(address, address.topic) });
    if (deadLetters === undefined) await this.#makeDead(address);
    await this.#subscriber.createSubscription({
      name: subscriptionPath(address, address.subscription),
      topic: topicPath(address, address.topic),
      ackDeadlineSeconds,
      enableMessageOrdering: ordered,
      enableExactlyOnceDelivery: exactlyOnce,
      messageRetentionDuration: { seconds: Math.max(600, options.retentionMs / 1_000) },
      ...(pushEndpoint === undefined ? {} : { pushConfig: { pushEndpoint } }),
      ...(deadLetterPolicy
        ? { deadLetterPolicy: { deadLetterTopic: deadTopic, maxDeliveryAttempts } }
        : {}),
    });
    return address;
  }

  /** With its dead letters' own topic, if it has one. */
  async remove(address: PubSubAddress): Promise<void> {
    const { topic, subscription, deadTopic, deadSubscription } = address;
    await this.#remove(address, topic, subscription);
    if (deadTopic === deadOf(topic)) await this.#remove(address, deadTopic, deadSubscription);
  }

  /** Of all topics and subscriptions whose names begin so. */
  async names(prefix: string): Promise<readonly string[]> {
    const project = `projects/${this.#project}`;
    const [topics] = await this.#publisher.listTopics({ project });
    const [subscriptions] = await this.#subscriber.listSubscriptions({ project });
    const names = [...topics, ...subscriptions].map(({ name }) => name?.split("/").at(-1) ?? "");
    return [...new Set(names)].filter((name) => name.startsWith(prefix));
  }

  /** The topic and the subscription of that name; one that is gone already is gone. */
  async removeNamed(name: string): Promise<void> {
    const project = `projects/${this.#project}`;
    const subscription = `${project}/subscriptions/${name}`;
    await unlessGone(this.#subscriber.deleteSubscription({ subscription }));
    await unlessGone(this.#publisher.deleteTopic({ topic: `${project}/topics/${name}` }));
  }

  async #makeDead(address: PubSubAddress): Promise<void> {
    const topic = topicPath(address, address.deadTopic);
    await this.#publisher.createTopic({ name: topic });
    await this.#subscriber.createSubscription({
      name: subscriptionPath(address, address.deadSubscription),
      topic,
      messageRetentionDuration: { seconds: LONGEST_SECONDS },
    });
  }

  async #remove(address: PubSubAddress, topic: string, subscription: string): Promise<void> {
    const path = subscriptionPath(address, subscription);
    await this.#subscriber.deleteSubscription({ subscription: path });
    await this.#publisher.deleteTopic({ topic: topicPath(address, topic) });
  }

  async close(): Promise<void> {
    await Promise.all([this.#publisher.close(), this.#subscriber.close()]);
  }
}

/** No encryption and no credentials. */
function emulated(endpoint: string) {
  const { hostname, port } = new URL(endpoint);
  const { GoogleAuth, PassThroughClient } = googleAuthLibrary;
  return {
    apiEndpoint: hostname,
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
    auth: new GoogleAuth({ authClient: new PassThroughClient() }),
  };
}

async function unlessGone(removing: Promise<unknown>): Promise<void> {
  try {
    await removing;
  } catch (error) {
    if ((error as { code?: unknown }).code !== grpc.status.NOT_FOUND) throw error; // as gRPC's errors are
  }
}

function deadOf(name: string): string {
  return `${name}-dead`;
}

function topicPath({ project }: PubSubAddress, topic: string): string {
  return `projects/${project}/topics/${topic}`;
}

function subscriptionPath({ project }: PubSubAddress, subscription: string): string {
  return `projects/${project}/subscriptions/${subscription}`;
}
