import type { Outgoing, QueueDriver, SendResult } from "@alienplatform/bindings";

/** A message as it was sent. */
export interface SentMessage {
  readonly id: string;
  readonly payload: unknown;
  readonly kind: "json" | "text";
  readonly sentAt: number;
  readonly attributes: Readonly<Record<string, string>>;
  readonly delayMs: number;
  readonly group: string | undefined;
  readonly priority: number;
  readonly idempotencyKey: string | undefined;
  /** The handler it is for, where it was sent with call(). */
  readonly job: string | undefined;
}

/** The driver, with a note of each message that it stored; closing it leaves the store open. */
export function noting(driver: QueueDriver, sent: SentMessage[]): QueueDriver {
  return {
    capabilities: driver.capabilities,
    sizeOf: (message) => driver.sizeOf(message),
    open: (options) => driver.open(options),
    close: () => Promise.resolve(),
    async send(messages, signal) {
      const results = await driver.send(messages, signal);
      for (const [index, message] of messages.entries()) {
        if (isStored(results[index])) sent.push(toSent(message));
      }
      return results;
    },
  };
}

function isStored(result: SendResult | undefined): boolean {
  return result?.ok === true && !result.deduplicated;
}

function toSent({ id, body, headers, sentAt, ...options }: Outgoing): SentMessage {
  return {
    id,
    payload: headers.kind === "json" ? JSON.parse(body) : body,
    kind: headers.kind,
    sentAt,
    attributes: { ...headers.attributes },
    delayMs: options.delayMs ?? 0,
    group: options.group,
    priority: options.priority ?? 0,
    idempotencyKey: options.idempotencyKey,
    job: headers.job,
  };
}
