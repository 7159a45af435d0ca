import { AlienError } from "@alienplatform/core";
import type { QueueClient } from "../../src/queue/client.ts";
import type {
  Delivery,
  Outgoing,
  QueueCapabilities,
  QueueDriver,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
} from "../../src/queue/driver.ts";
import type { BatchEntry, ReceivedMessage } from "../../src/queue/message.ts";

/** A QueueClient seen as a driver, so that a client over a client has to keep the whole contract. */
export class ClientDriver implements QueueDriver {
  readonly capabilities: QueueCapabilities;
  readonly sizeOf: (message: Outgoing) => number;
  readonly #client: QueueClient;

  constructor(client: QueueClient, driver: QueueDriver) {
    // A client has no verb for a release or a result, and polling goes on while a queue is paused.
    this.capabilities = { ...driver.capabilities, release: false, jobs: false, pausing: false };
    this.sizeOf = driver.sizeOf.bind(driver);
    this.#client = client;
  }

  send(messages: readonly Outgoing[], signal?: AbortSignal): Promise<readonly SendResult[]> {
    return this.#client.sendBatch(messages.map(toEntry), { ...(signal && { signal }) });
  }

  async open({ leaseMs }: ReceiveOptions): Promise<Receiver> {
    return {
      take: async (max, waitMs, signal) => {
        const received = await this.#client.receive(max, {
          wait: `${waitMs}ms`,
          lease: `${leaseMs}ms`,
          ...(signal && { signal }),
        });
        return received.map(toDelivery);
      },
      settle: (batch) => Promise.all(batch.map((one) => answer(this.#settle(one)))),
      extend: (deliveries, forMs) =>
        Promise.all(
          deliveries.map(({ receipt }) =>
            answer(this.#client.extend(this.#client.name, receipt, `${forMs}ms`)),
          ),
        ),
      close: () => Promise.resolve(),
    };
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  #settle({ delivery: { receipt }, outcome }: Settlement): Promise<void> {
    const { name } = this.#client;
    switch (outcome.kind) {
      case "ack":
        return this.#client.ack(name, receipt);
      case "release":
        return this.#client.nack(name, receipt);
      case "retry":
        return this.#client.nack(name, receipt, {
          delay: `${outcome.delayMs}ms`,
          reason: outcome.error.message,
        });
      case "deadLetter":
        return this.#client.deadLetter(name, receipt, outcome.error.message);
    }
  }
}

function toEntry({ body, headers, delayMs, sentAt: _, id: __, ...routing }: Outgoing): BatchEntry {
  const { kind, attributes, maxAttempts } = headers;
  return {
    payload: kind === "text" ? body : JSON.parse(body),
    ...(attributes && { attributes }),
    ...(maxAttempts !== undefined && { maxAttempts }),
    ...(delayMs !== undefined && { delay: `${delayMs}ms` }),
    ...routing,
  };
}

function toDelivery(message: ReceivedMessage): Delivery {
  const { id, kind, payload, attributes, attempt, sentAt, group, priority, dead } = message;
  return {
    id,
    receipt: message.receiptHandle,
    body: kind === "text" ? String(payload) : JSON.stringify(payload),
    headers: { kind, attributes, ...(dead && { dead }) },
    attempt,
    sentAt,
    priority,
    ...(group !== undefined && { group }),
  };
}

async function answer(settled: Promise<void>): Promise<SettleResult> {
  try {
    await settled;
    return { ok: true, applied: "unknown" };
  } catch (error) {
    if (error instanceof AlienError) return { ok: false, error };
    throw error;
  }
}
