import type { ContentType, StoredMessage, StoredQueue } from "./stored-queue.ts";

const METADATA = 100;

/** What Cloudflare refuses with: https://developers.cloudflare.com/queues/reference/error-codes/ */
export class Refused extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export type Json = Readonly<Record<string, unknown>>;

/** What the API does with one queue's messages: "POST messages/pull". Undefined where it has no such route. */
export function carryOutMessages(queue: StoredQueue, route: string, body: Json): Json | undefined {
  switch (route) {
    case "POST messages":
      return push(queue, [body], 0);
    case "POST messages/batch":
      return push(queue, list(body.messages), Number(body.delay_seconds ?? 0));
    case "POST messages/pull":
      return pull(queue, body);
    case "POST messages/ack":
      return settle(queue, body);
    case "POST messages/peek":
      return { messages: queue.peek(batchSize(body)).map((message) => shown(message)) };
    case "POST purge":
      if (body.delete_messages_permanently === true) queue.purge();
      return {};
    case "GET metrics":
      return metrics(queue);
    default:
      return undefined;
  }
}

/** All or nothing, checked first. */
function push(queue: StoredQueue, messages: readonly Json[], delaySeconds: number): Json {
  const checked = messages.map((message) => {
    const { body, content_type = "json", delay_seconds = delaySeconds } = message;
    if (content_type !== "json" && content_type !== "text") {
      throw new Refused(400, 10_203, "MessageMetadataInvalid");
    }
    if (content_type === "text" && typeof body !== "string") {
      throw new Refused(400, 10_207, "JSONRequestBodyInvalid");
    }
    const delay = Number(delay_seconds);
    if (!Number.isInteger(delay) || delay < 0 || delay > 43_200) {
      throw new Refused(400, 10_203, "MessageMetadataInvalid");
    }
    const bytes = Buffer.from(content_type === "text" ? String(body) : JSON.stringify(body));
    if (bytes.length + METADATA > 128_000) throw new Refused(400, 10_204, "MessageSizeOutOfBounds");
    return { bytes, type: content_type as ContentType, delay };
  });
  if (messages.length > 100) throw new Refused(400, 10_206, "BatchCountOutOfBounds");
  const size = checked.reduce((sum, { bytes }) => sum + bytes.length + METADATA, 0);
  if (size > 256_000) throw new Refused(400, 10_205, "BatchSizeOutOfBounds");
  for (const { bytes, type, delay } of checked) queue.store(bytes, type, delay);
  return { metadata: { metrics: metrics(queue) } };
}

function pull(queue: StoredQueue, body: Json): Json {
  if (queue.paused) throw new Refused(409, 409, "queue_delivery_paused");
  const visibilityMs = Number(body.visibility_timeout_ms ?? 30_000);
  if (!(visibilityMs > 0 && visibilityMs <= 12 * 3_600_000)) {
    throw new Refused(400, 10_207, "JSONRequestBodyInvalid");
  }
  const messages = queue.pull(batchSize(body), visibilityMs);
  return {
    message_backlog_count: queue.backlog.length,
    messages: messages.map((message) => ({ ...shown(message), lease_id: message.lease?.id })),
  };
}

function settle(queue: StoredQueue, { acks, retries }: Json): Json {
  const warnings: Record<string, string> = {};
  let ackCount = 0;
  let retryCount = 0;
  for (const { lease_id } of list(acks)) {
    if (queue.ack(String(lease_id))) ackCount++;
    else warnings[String(lease_id)] = "unknown lease";
  }
  for (const { lease_id, delay_seconds = 0 } of list(retries)) {
    if (!Number.isInteger(delay_seconds) || Number(delay_seconds) > 43_200) {
      throw new Refused(400, 10_207, "JSONRequestBodyInvalid");
    }
    if (queue.retry(String(lease_id), Number(delay_seconds))) retryCount++;
    else warnings[String(lease_id)] = "the lease is over";
  }
  return { ackCount, retryCount, warnings };
}

function metrics(queue: StoredQueue): Json {
  const { backlog } = queue;
  return {
    backlog_count: backlog.length,
    backlog_bytes: backlog.reduce((sum, { body }) => sum + body.length, 0),
    oldest_message_timestamp_ms:
      backlog.length === 0 ? 0 : Math.min(...backlog.map(({ timestampMs }) => timestampMs)),
  };
}

/** Text as it is, everything else in base64. */
function shown({ id, body, contentType, timestampMs, attempts }: StoredMessage): Json {
  return {
    id,
    body: contentType === "text" ? body.toString() : body.toString("base64"),
    timestamp_ms: timestampMs,
    attempts,
    metadata: { "CF-sourceMessageSource": "http", "CF-Content-Type": contentType },
  };
}

function batchSize({ batch_size = 5 }: Json): number {
  if (Number.isInteger(batch_size) && Number(batch_size) >= 1 && Number(batch_size) <= 100) {
    return Number(batch_size);
  }
  throw new Refused(400, 10_207, "JSONRequestBodyInvalid");
}

export function readJson(text: string): Json {
  try {
    return JSON.parse(text) as Json; // the fields are checked where they are used
  } catch {
    throw new Refused(400, 10_208, "JSONRequestBodyMalformed");
  }
}

export function list(value: unknown): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : []; // likewise
}
