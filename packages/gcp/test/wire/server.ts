import type { Clock } from "@alienplatform/bindings";
import type { google } from "@google-cloud/pubsub/build/protos/protos.js";
import protos from "@google-cloud/pubsub/build/protos/protos.json" with { type: "json" };
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
} from "@grpc/grpc-js";
import { fromJSON } from "@grpc/proto-loader";
import { checkMessages } from "./check-messages.ts";
import { Refusal } from "./refusal.ts";
import type { PubsubMessage } from "./stored-message.ts";
import { type Touched, WireSubscription } from "./subscription.ts";

type Topic = google.pubsub.v1.ITopic;
type Subscription = google.pubsub.v1.ISubscription;

/** What one method does with a request; Refusals are thrown. */
type Method = (request: never) => object;

/** What happens to the next call of a method: an error, before it does anything or after it has done it all, or time. */
interface Fault {
  readonly error?: Refusal;
  readonly after?: boolean;
  readonly held?: Promise<void>;
  readonly empty?: true;
}

/** Pub/Sub's wire protocol over a clock that a test winds: what a queue needs of it, as Google documents it. */
export class PubSubServer {
  readonly #clock: Clock;
  readonly #server = new Server({ "grpc.max_receive_message_length": -1 });
  readonly #topics = new Map<string, Topic>();
  readonly #subscriptions = new Map<string, WireSubscription>();
  readonly #faults = new Map<string, Fault[]>();
  #messages = 0;
  /** Told of every request before it is looked at. */
  onRequest: (method: string, request: unknown) => void = () => undefined;
  /** Changes whenever a request comes or is answered. */
  events = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    const definition = fromJSON(protos, { longs: Number, enums: String, defaults: true });
    const methods: Readonly<Record<string, Method>> = {
      CreateTopic: (topic: Topic) => this.#createTopic(topic),
      DeleteTopic: ({ topic }: { topic: string }) => this.#deleteTopic(topic),
      Publish: (request: google.pubsub.v1.IPublishRequest) => this.#publish(request),
      CreateSubscription: (subscription: Subscription) => this.#createSubscription(subscription),
      DeleteSubscription: ({ subscription }: { subscription: string }) =>
        this.#deleteSubscription(subscription),
      Acknowledge: (request: google.pubsub.v1.IAcknowledgeRequest) => this.#acknowledge(request),
      ModifyAckDeadline: (request: google.pubsub.v1.IModifyAckDeadlineRequest) =>
        this.#modifyAckDeadline(request),
      Seek: (request: google.pubsub.v1.ISeekRequest) => this.#seek(request),
    };
    for (const name of ["google.pubsub.v1.Publisher", "google.pubsub.v1.Subscriber"]) {
      // What fromJSON makes of a service; its type also covers messages and enums.
      const service = definition[name] as ServiceDefinition;
      const handlers = Object.entries(methods)
        .filter(([method]) => method in service)
        .map(([method, run]) => [method, this.#unary(method, run)]);
      const waiting = "Pull" in service ? { Pull: this.#pull.bind(this) } : {};
      this.#server.addService(service, { ...Object.fromEntries(handlers), ...waiting });
    }
  }

  /** What its method for HTTP does, POST v1/{topic}:publish: the same, with data in base64. */
  publish(
    topic: string,
    { messages = [] }: { readonly messages?: readonly PubsubMessage[] },
  ): object {
    const { error } = this.#begin("Publish", { topic, messages });
    if (error !== undefined) throw error;
    const read = messages.map((message) => ({
      ...message,
      data: Buffer.from(String(message.data ?? ""), "base64"),
    }));
    return this.#publish({ topic, messages: read });
  }

  /** Answers the port. */
  listen(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, port) => {
        if (error === null) resolve(port);
        else reject(error);
      });
    });
  }

  close(): void {
    for (const subscription of this.#subscriptions.values()) subscription.close();
    this.#server.forceShutdown();
  }

  /** The next call of the method is answered with this status or error; `after` it has been carried out, or without. */
  failNext(method: string, failure: number | Refusal, { after = false } = {}): void {
    const error =
      failure instanceof Refusal ? failure : new Refusal(failure, "as the test wants it");
    this.#plan(method, { error, after });
  }

  /** The next call of the method is looked at when the result is called. */
  holdNext(method: string): () => void {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.#plan(method, { held });
    return release;
  }

  /** The next pull is answered with nothing at once, whatever is there: Pub/Sub may do so. */
  emptyNext(): void {
    this.#plan("Pull", { empty: true });
  }

  #plan(method: string, fault: Fault): void {
    const faults = this.#faults.get(method) ?? [];
    faults.push(fault);
    this.#faults.set(method, faults);
  }

  #unary(method: string, run: Method) {
    return async (
      call: ServerUnaryCall<never, object>,
      answer: sendUnaryData<object>,
    ): Promise<void> => {
      const { error, after, held } = this.#begin(method, call.request);
      try {
        await held;
        if (error !== undefined && !after) throw error;
        const result = run(call.request);
        if (error !== undefined) throw error;
        answer(null, result);
      } catch (thrown) {
        answer(thrown instanceof Refusal ? thrown : new Refusal(status.INTERNAL, String(thrown)));
      }
      this.events++;
    };
  }

  #begin(method: string, request: unknown): Fault {
    this.events++;
    this.onRequest(method, request);
    return this.#faults.get(method)?.shift() ?? {};
  }

  /** The one call that waits: for a message, for the end of its time or for its caller to give up. */
  #pull(
    call: ServerUnaryCall<google.pubsub.v1.IPullRequest, google.pubsub.v1.IPullResponse>,
    answer: sendUnaryData<google.pubsub.v1.IPullResponse>,
  ): void {
    const { error: refusal, empty } = this.#begin("Pull", call.request);
    const { subscription, maxMessages, returnImmediately } = call.request;
    try {
      if (refusal !== undefined) throw refusal;
      if (empty) {
        answer(null, { receivedMessages: [] });
        return;
      }
      if (!maxMessages || maxMessages < 0) throw Refusal.invalid("max_messages must be positive.");
      const giveUp = this.#subscription(subscription).pull(
        maxMessages,
        returnImmediately ?? false,
        (receivedMessages) => {
          this.events++;
          answer(null, { receivedMessages });
        },
      );
      call.on("cancelled", () => {
        this.events++;
        giveUp();
      });
    } catch (error) {
      answer(error instanceof Refusal ? error : new Refusal(status.INTERNAL, String(error)));
    }
  }

  #createTopic(topic: Topic): Topic {
    const name = topic.name ?? "";
    if (this.#topics.has(name)) throw new Refusal(status.ALREADY_EXISTS, "Topic already exists");
    this.#topics.set(name, topic);
    return topic;
  }

  #deleteTopic(name: string): object {
    if (!this.#topics.delete(name)) throw Refusal.notFound(name);
    return {};
  }

  #publish({ topic, messages }: google.pubsub.v1.IPublishRequest): object {
    if (!this.#topics.has(topic ?? "")) throw Refusal.notFound(topic ?? "");
    checkMessages(messages ?? []);
    const messageIds = (messages ?? []).map((message) => this.#spread(topic ?? "", message));
    for (const subscription of this.#subscriptions.values()) subscription.serve();
    return { messageIds };
  }

  #spread(topic: string, message: PubsubMessage): string {
    const messageId = String(++this.#messages);
    const now = this.#clock.now();
    const publishTime = { seconds: Math.floor(now / 1_000), nanos: (now % 1_000) * 1_000_000 };
    for (const subscription of this.#subscriptions.values()) {
      if (subscription.declared.topic !== topic) continue;
      subscription.add({ ...message, messageId, publishTime });
    }
    return messageId;
  }

  #createSubscription(declared: Subscription): Subscription {
    const name = declared.name ?? "";
    if (this.#subscriptions.has(name)) {
      throw new Refusal(status.ALREADY_EXISTS, "Subscription already exists");
    }
    if (!this.#topics.has(declared.topic ?? "")) throw Refusal.notFound(declared.topic ?? "");
    const seconds = declared.ackDeadlineSeconds ?? 0;
    if (seconds !== 0 && (seconds < 10 || seconds > 600)) {
      throw Refusal.invalid("ack_deadline_seconds must be between 10 and 600.");
    }
    const { maxDeliveryAttempts = 0 } = declared.deadLetterPolicy ?? {};
    if (maxDeliveryAttempts && (maxDeliveryAttempts < 5 || maxDeliveryAttempts > 100)) {
      throw Refusal.invalid("max_delivery_attempts must be between 5 and 100.");
    }
    const forward = (topic: string, message: PubsubMessage) => {
      this.#spread(topic, message);
      for (const subscription of this.#subscriptions.values()) subscription.serve();
    };
    this.#subscriptions.set(name, new WireSubscription(declared, this.#clock, forward));
    return declared;
  }

  #deleteSubscription(name: string): object {
    this.#subscription(name).close();
    this.#subscriptions.delete(name);
    return {};
  }

  #acknowledge({ subscription, ackIds }: google.pubsub.v1.IAcknowledgeRequest): object {
    const found = this.#subscription(subscription);
    return settled(found, ackIds ?? [], (id) => found.acknowledge(id));
  }

  #modifyAckDeadline(request: google.pubsub.v1.IModifyAckDeadlineRequest): object {
    const { subscription, ackIds, ackDeadlineSeconds: seconds = 0 } = request;
    const found = this.#subscription(subscription);
    if (seconds === null || seconds < 0 || seconds > 600) {
      throw Refusal.invalid("ack_deadline_seconds must be between 0 and 600.");
    }
    return settled(found, ackIds ?? [], (id) => found.modifyDeadline(id, seconds));
  }

  #seek({ subscription, time }: google.pubsub.v1.ISeekRequest): object {
    const timeMs = Number(time?.seconds ?? 0) * 1_000 + Math.floor((time?.nanos ?? 0) / 1_000_000);
    this.#subscription(subscription).seek(timeMs);
    return {};
  }

  #subscription(name: string | null | undefined): WireSubscription {
    const found = this.#subscriptions.get(name ?? "");
    if (found === undefined) throw Refusal.notFound(name ?? "");
    return found;
  }
}

/** All of a request or nothing where an id is none; a stale one is told by exactly-once subscriptions alone. */
function settled(
  { declared, knows }: WireSubscription,
  ackIds: readonly string[],
  settle: (ackId: string) => Touched,
): object {
  const size = ackIds.reduce((bytes, id) => bytes + id.length + 3, 0);
  if (size > 524_288)
    throw Refusal.invalid("Request payload size exceeds the limit: 524288 bytes.");
  const forged = ackIds.find((id) => !knows(id));
  if (forged !== undefined) throw Refusal.invalid(`Invalid ack id (ack_id=${forged})`);
  const stale = ackIds.filter((id) => settle(id) === "stale");
  if (stale.length > 0 && declared.enableExactlyOnceDelivery) throw Refusal.staleIds(stale);
  return {};
}
