import type { QueueApi } from "../client.ts";
import { decodeBody } from "./decode-body.ts";
import type { Received, WireMessage } from "./message.ts";
import type { Backlog, QueueLink } from "./queue-link.ts";

/** What is to become of leases, by their ids. */
export interface LeaseChanges {
  readonly acks: readonly string[];
  readonly retries: readonly { readonly lease: string; readonly delaySeconds: number }[];
}

/** A queue over Cloudflare's HTTP API: https://developers.cloudflare.com/api/resources/queues/ */
export class HttpLink implements QueueLink {
  readonly #api: QueueApi;

  constructor(api: QueueApi) {
    this.#api = api;
  }

  async send(messages: readonly WireMessage[], signal?: AbortSignal): Promise<void> {
    const batch = messages.map(({ body, delaySeconds }) => ({
      body,
      content_type: "text",
      delay_seconds: delaySeconds,
    }));
    await this.#api.call("send messages", "/messages/batch", { messages: batch }, signal);
  }

  /** What is there now, at most 100; Cloudflare does not wait for more. */
  async pull(max: number, leaseMs: number, signal?: AbortSignal): Promise<readonly Received[]> {
    const body = { batch_size: max, visibility_timeout_ms: leaseMs };
    const { messages } = await this.#api.call("pull messages", "/messages/pull", body, signal);
    return list(messages).map(received);
  }

  /** A lease that is over is accepted: the answer only warns. */
  async change({ acks, retries }: LeaseChanges, signal?: AbortSignal): Promise<void> {
    const body = {
      acks: acks.map((lease_id) => ({ lease_id })),
      retries: retries.map(({ lease, delaySeconds }) => ({
        lease_id: lease,
        delay_seconds: delaySeconds,
      })),
    };
    await this.#api.call("settle messages", "/messages/ack", body, signal);
  }

  /** The first of those that wait, at most 100, without a lease. */
  async peek(max: number): Promise<readonly Received[]> {
    const body = { batch_size: max };
    const { messages } = await this.#api.call("look at messages", "/messages/peek", body);
    return list(messages).map(received);
  }

  /** Cloudflare carries it out in its own time. */
  async purge(): Promise<void> {
    await this.#api.call("purge the queue", "/purge", { delete_messages_permanently: true });
  }

  async backlog(): Promise<Backlog> {
    const metrics = await this.#api.call("count messages", "/metrics", undefined);
    const count = Number(metrics.backlog_count ?? 0);
    const oldestMs = Number(metrics.oldest_message_timestamp_ms ?? 0);
    return oldestMs > 0 ? { count, oldestMs } : { count };
  }
}

/** As the API documents a message; a peeked one has a `ref` in place of a lease. */
interface ApiMessage {
  readonly id: string;
  readonly body: string;
  readonly timestamp_ms: number;
  readonly attempts: number;
  readonly lease_id?: string;
  readonly metadata?: { readonly "CF-Content-Type"?: string };
}

/** Cloudflare's own answer, which its documentation describes so. */
function list(messages: unknown): readonly ApiMessage[] {
  return Array.isArray(messages) ? (messages as readonly ApiMessage[]) : [];
}

function received({ id, body, timestamp_ms, attempts, lease_id, metadata }: ApiMessage): Received {
  return {
    id,
    receipt: lease_id ?? "",
    ...decodeBody(body, metadata?.["CF-Content-Type"]),
    timestampMs: timestamp_ms,
    attempts,
  };
}
