import type { Outgoing } from "@alienplatform/bindings";

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
  readonly concurrency: { readonly key: string; readonly limit: number } | undefined;
  readonly idempotencyKey: string | undefined;
  readonly maxAttempts: number | undefined;
  /** The handler it is for, where it was sent with call(). */
  readonly job: string | undefined;
}

/** What a driver was given, as a test reads it. */
export function toSent({ id, body, headers, sentAt, ...options }: Outgoing): SentMessage {
  return {
    id,
    payload: headers.kind === "json" ? JSON.parse(body) : body,
    kind: headers.kind,
    sentAt,
    attributes: { ...headers.attributes },
    delayMs: options.delayMs ?? 0,
    group: options.group,
    priority: options.priority ?? 0,
    concurrency: options.concurrency,
    idempotencyKey: options.idempotencyKey,
    maxAttempts: headers.maxAttempts,
    job: headers.job,
  };
}
