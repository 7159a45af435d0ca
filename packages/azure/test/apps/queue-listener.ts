import { setMaxListeners } from "node:events";
import { readEnvelope } from "@alienplatform/bindings";
import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from "@azure/service-bus";
import { ENVELOPE } from "../../src/queue/message.ts";
import type { WireQueue } from "../wire/wire-queue.ts";
import type { AppProcess } from "./app-process.ts";

export interface ListenerOptions {
  readonly connectionString: string;
  /** Where its messages are. */
  readonly queue: WireQueue;
  /** The function's name in its app. */
  readonly functionName: string;
  readonly sessions: boolean;
  readonly app: AppProcess;
  /** A message was handled for good: its function returned, and no copy of it waits. */
  readonly onHandled: () => void;
}

/**
 * The host's listener of one queue, as Microsoft documents it with autoCompleteMessages and cardinality "one": what a function
 * was called with is completed when it returns and abandoned when it throws.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#peeklock-behavior
 */
export class QueueListener {
  readonly #given: ListenerOptions;
  readonly #client: ServiceBusClient;
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: ListenerOptions) {
    this.#given = options;
    // The client listens to it anew for each receive.
    setMaxListeners(0, this.#ended.signal);
    this.#client = new ServiceBusClient(options.connectionString, {
      // A question for the next session cannot be taken back: so long the end of the listener may have to wait.
      retryOptions: options.sessions ? { timeoutInMs: WAIT_MS, maxRetries: 0 } : {},
    });
    this.#running = options.sessions ? this.#sessions() : this.#messages();
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#running;
    await this.#client.close();
  }

  async #messages(): Promise<void> {
    const receiver = this.#client.createReceiver(this.#given.queue.path, RECEIVING);
    while (!this.#ended.signal.aborted) await this.#take(receiver, WAIT_MS);
    await receiver.close();
  }

  async #sessions(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      const { queue } = this.#given;
      const session = await this.#client
        .acceptNextSession(queue.path, RECEIVING)
        .catch(() => undefined); // there is none
      if (session === undefined) continue;
      while (await this.#take(session, WAIT_MS)) if (this.#ended.signal.aborted) break;
      await session.close();
    }
  }

  async #take(receiver: ServiceBusReceiver, maxWaitTimeInMs: number): Promise<boolean> {
    const [message] = await receiver
      .receiveMessages(1, { maxWaitTimeInMs, abortSignal: this.#ended.signal })
      .catch((error: unknown) => {
        if (this.#ended.signal.aborted) return [];
        throw error;
      });
    if (message === undefined) return false;
    const { app, functionName, queue, onHandled } = this.#given;
    try {
      const data = { bytes: Buffer.from(message.body).toString("base64") };
      await app.invoke(functionName, data, metadataOf(message));
    } catch {
      await receiver.abandonMessage(message); // which is what the host does; the function has told why
      return true;
    }
    await receiver.completeMessage(message);
    const id = idOf(message.applicationProperties);
    if (!queue.entries.some(({ message: each }) => idOf(each.application_properties) === id)) {
      onHandled();
    }
    return true;
  }
}

/** So long an empty queue is listened to before the listener looks whether it is to end. */
const WAIT_MS = 500;

const RECEIVING = { maxAutoLockRenewalDurationInMs: 0, skipParsingBodyAsJson: true } as const;

function idOf(properties: Readonly<Record<string, unknown>> | undefined): string {
  const text = properties?.[ENVELOPE];
  return readEnvelope(text === undefined ? undefined : String(text), { id: "", sentAt: 0 }).envelope
    .id;
}

/** In the names of .NET, each as JSON: the library of functions makes of it what a function sees. */
function metadataOf(message: ServiceBusReceivedMessage) {
  const metadata = {
    // .NET's count, which is one more than AMQP's.
    DeliveryCount: (message.deliveryCount ?? 0) + 1,
    LockToken: message.lockToken,
    MessageId: message.messageId,
    SequenceNumber: Number(message.sequenceNumber),
    EnqueuedTimeUtc: message.enqueuedTimeUtc?.toISOString(),
    SessionId: message.sessionId ?? null,
    ApplicationProperties: message.applicationProperties ?? {},
  };
  return Object.fromEntries(
    Object.entries(metadata).map(([name, value]) => [
      name,
      { json: JSON.stringify(value ?? null) },
    ]),
  );
}
