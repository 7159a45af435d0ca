import { AlienError } from "@alienplatform/core";
import type { google } from "@google-cloud/pubsub/build/protos/protos.js";
// Not the package's front door, which loads OpenTelemetry, a heap and the streaming subscriber: 250 ms of a cold start.
import { PublisherClient, SubscriberClient } from "@google-cloud/pubsub/build/src/v1/index.js";
import { type ClientOptions, googleAuthLibrary, grpc } from "google-gax";
import type { PubSubAddress } from "./address.ts";
import { aborted } from "./errors.ts";

export type PubsubMessage = google.pubsub.v1.IPubsubMessage;
export type PulledMessage = google.pubsub.v1.IReceivedMessage;

/** Who may push to the function, as deploy writes it for the subscription and for the function alike. */
export interface PushIdentity {
  /** What the subscription's tokens are for; Pub/Sub makes it the function's URL unless told otherwise. */
  readonly audience: string;
  /** The e-mail address of the service account that the subscription pushes as. */
  readonly serviceAccount: string;
}

/** From ALIEN_PUSH_AUDIENCE and ALIEN_PUSH_SERVICE_ACCOUNT. Without both nobody may push: BINDING_INVALID. */
export function readPushIdentity(
  environment: Readonly<Record<string, string | undefined>>,
): PushIdentity {
  const [audience, serviceAccount] = [AUDIENCE, SERVICE_ACCOUNT].map((name) => {
    const value = environment[name];
    if (value !== undefined && value !== "") return value;
    throw new AlienError("BINDING_INVALID", `${name} is not in the environment`, {
      fix: "Deploy the function again: deploy writes it.",
      details: { variable: name },
    });
  }) as [string, string]; // one for each
  return { audience, serviceAccount };
}

const AUDIENCE = "ALIEN_PUSH_AUDIENCE";
const SERVICE_ACCOUNT = "ALIEN_PUSH_SERVICE_ACCOUNT";

/** How long a call may take, but for a pull, which says so itself. */
const CALL_MS = 30_000;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** On the machine's own clock. */
  readonly timeoutMs?: number;
}

/**
 * The five calls that a queue needs, over Google's generated clients. Retries, batching and lease management are off:
 * the portable layer has them. Credentials are Application Default Credentials; PUBSUB_EMULATOR_HOST is not read, so
 * that a variable left behind never sends production's messages to a laptop.
 */
export class PubSubClient {
  readonly #publisher: Connection;
  readonly #subscriber: Connection;

  constructor({ endpoint }: Pick<PubSubAddress, "endpoint">) {
    const options = endpoint === undefined ? {} : optionsOf(new URL(endpoint));
    this.#publisher = new Connection(() => new PublisherClient(options));
    this.#subscriber = new Connection(() => new SubscriberClient(options));
  }

  /** The ids of the messages, in order. */
  async publish(
    topic: string,
    messages: readonly PubsubMessage[],
    options: CallOptions = {},
  ): Promise<readonly string[]> {
    const answer: google.pubsub.v1.IPublishResponse = await this.#publisher.call(
      "publish",
      { topic, messages },
      { topic },
      options,
    );
    return answer.messageIds ?? [];
  }

  /** Messages that are there; unless `immediately`, it waits for the first as long as the call may take. */
  async pull(
    subscription: string,
    maxMessages: number,
    { immediately, ...options }: CallOptions & { readonly immediately: boolean },
  ): Promise<readonly PulledMessage[]> {
    const request = { subscription, maxMessages, returnImmediately: immediately };
    const answer: google.pubsub.v1.IPullResponse = await this.#subscribe("pull", request, options);
    return answer.receivedMessages ?? [];
  }

  async acknowledge(
    subscription: string,
    ackIds: readonly string[],
    options: CallOptions = {},
  ): Promise<void> {
    await this.#subscribe("acknowledge", { subscription, ackIds }, options);
  }

  /** The loans end so many seconds from now, 0..600; 0 is at once. */
  async modifyAckDeadline(
    subscription: string,
    ackIds: readonly string[],
    ackDeadlineSeconds: number,
    options: CallOptions = {},
  ): Promise<void> {
    const request = { subscription, ackIds, ackDeadlineSeconds };
    await this.#subscribe("modifyAckDeadline", request, options);
  }

  /** Everything published before that time counts as acknowledged. */
  async seek(subscription: string, timeMs: number, options: CallOptions = {}): Promise<void> {
    const time = { seconds: Math.floor(timeMs / 1_000), nanos: (timeMs % 1_000) * 1_000_000 };
    await this.#subscribe("seek", { subscription, time }, options);
  }

  async close(): Promise<void> {
    await Promise.all([this.#publisher.close(), this.#subscriber.close()]);
  }

  #subscribe<Answer>(method: string, request: Requested, options: CallOptions): Promise<Answer> {
    const { subscription } = request;
    return this.#subscriber.call(method, request, { subscription }, options);
  }
}

interface Requested {
  readonly subscription: string;
  readonly [field: string]: unknown;
}

type GeneratedClient = Pick<PublisherClient, "initialize" | "innerApiCalls" | "close">;

interface Calling<Answer> extends Promise<readonly [Answer]> {
  cancel(): void;
}

/** One generated client, made at the first call. */
class Connection {
  readonly #make: () => GeneratedClient;
  #client: GeneratedClient | undefined;
  #opening: Promise<GeneratedClient> | undefined;

  constructor(make: () => GeneratedClient) {
    this.#make = make;
  }

  /**
   * Calls beneath the client's own methods: those write payloads to the SDK's log where its variables ask for one, and
   * give nothing back that could be cancelled.
   */
  async call<Answer>(
    method: string,
    request: object,
    route: Readonly<Record<string, string>>,
    { signal, timeoutMs = CALL_MS }: CallOptions,
  ): Promise<Answer> {
    const client = this.#client ?? (await this.#open());
    if (signal?.aborted) throw aborted();
    const headers = { "x-goog-request-params": new URLSearchParams(route).toString() };
    const settings = { timeout: timeoutMs, retry: null, isBundling: false, otherArgs: { headers } };
    // The generated clients type it as any function; every unary method is one of this shape.
    const run = client.innerApiCalls[method] as (
      request: object,
      settings: object,
    ) => Calling<Answer>;
    const calling = run(request, settings);
    const cancel = () => calling.cancel();
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const [answer] = await calling;
      return answer;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  async close(): Promise<void> {
    const client = await this.#opening?.catch(() => undefined); // whoever opened it was told
    this.#opening = undefined;
    this.#client = undefined;
    await client?.close();
  }

  #open(): Promise<GeneratedClient> {
    if (this.#opening !== undefined) return this.#opening;
    const client = this.#make();
    const opening = client.initialize().then(() => {
      this.#client = client;
      return client;
    });
    this.#opening = opening;
    // The generated client keeps a failure for ever: a metadata server that was late once. The next call makes another.
    opening.catch(() => {
      this.#opening = undefined;
    });
    return opening;
  }
}

function optionsOf({ protocol, hostname, port }: URL): ClientOptions {
  if (protocol === "https:") {
    return { apiEndpoint: hostname, ...(port === "" ? {} : { port: Number(port) }) };
  }
  return {
    apiEndpoint: hostname,
    port: Number(port === "" ? 80 : port),
    sslCreds: grpc.credentials.createInsecure(),
    // As with credentials, a client has a connection of its own: gRPC would share one among all without.
    "grpc.use_local_subchannel_pool": 1,
    // An emulator asks for no credentials, and looking for some would ask the metadata server of a cloud.
    auth: new googleAuthLibrary.GoogleAuth({
      authClient: new googleAuthLibrary.PassThroughClient(),
    }),
  };
}
