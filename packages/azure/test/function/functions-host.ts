import {
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from "@azure/service-bus";
import type { AzureFunction } from "../../src/entry.ts";

export interface FunctionsHostOptions {
  readonly connectionString: string;
  readonly queue: string;
  /** The function's name in its app. */
  readonly functionName: string;
  /** Of the trigger: how many messages one call gets. */
  readonly cardinality: "one" | "many";
  readonly invoke: AzureFunction;
}

/**
 * The Functions host's listener of one queue without sessions, as Microsoft documents it with autoCompleteMessages:
 * what a function was called with is completed when it returns and abandoned when it throws.
 * https://learn.microsoft.com/azure/azure-functions/functions-bindings-service-bus-trigger#peeklock-behavior
 */
export class FunctionsHost {
  readonly #given: FunctionsHostOptions;
  readonly #client: ServiceBusClient;
  readonly #receiver: ServiceBusReceiver;

  constructor(options: FunctionsHostOptions) {
    this.#given = options;
    this.#client = new ServiceBusClient(options.connectionString);
    this.#receiver = this.#client.createReceiver(options.queue, {
      maxAutoLockRenewalDurationInMs: 0,
      skipParsingBodyAsJson: true,
    });
  }

  /** Hands over what is there now, and answers what became of each call. */
  async poll(): Promise<("completed" | "abandoned")[]> {
    const { cardinality, functionName, invoke } = this.#given;
    const messages = await this.#receiver.receiveMessages(10, { maxWaitTimeInMs: 1 });
    const many = cardinality === "many";
    const calls = many ? [messages].filter(({ length }) => length > 0) : messages.map((m) => [m]);
    const ends: ("completed" | "abandoned")[] = [];
    for (const call of calls) {
      const metadata = call.map(metadataOf);
      const triggerMetadata = many ? inArrays(metadata) : metadata[0];
      const input = many ? call.map(({ body }) => body) : call[0]?.body;
      const context = { functionName, triggerMetadata: triggerMetadata ?? {} };
      const end = await invoke(input, context).then(
        () => "completed" as const,
        () => "abandoned" as const,
      );
      for (const message of call) {
        if (end === "completed") await this.#receiver.completeMessage(message);
        else await this.#receiver.abandonMessage(message);
      }
      ends.push(end);
    }
    return ends;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

function metadataOf(message: ServiceBusReceivedMessage): Record<string, unknown> {
  return {
    // .NET's count, which is one more than AMQP's.
    deliveryCount: (message.deliveryCount ?? 0) + 1,
    lockToken: message.lockToken,
    messageId: message.messageId,
    sequenceNumber: Number(message.sequenceNumber),
    enqueuedTimeUtc: message.enqueuedTimeUtc?.toISOString(),
    sessionId: message.sessionId ?? null,
    applicationProperties: message.applicationProperties ?? {},
  };
}

function inArrays(metadata: readonly Record<string, unknown>[]): Record<string, unknown> {
  const names = Object.keys(metadata[0] ?? {});
  return Object.fromEntries(names.map((name) => [`${name}Array`, metadata.map((m) => m[name])]));
}
