import type { WireMessage } from "./message.ts";

/** How one queue is reached: by a Worker's binding, or over HTTP. Fails with what Cloudflare refused. */
export interface QueueLink {
  /** All of them or none: Cloudflare stores a batch as a whole. */
  send(messages: readonly WireMessage[], signal?: AbortSignal): Promise<void>;
  backlog(): Promise<Backlog>;
}

/** What Cloudflare counts, at its best effort: https://developers.cloudflare.com/queues/observability/metrics/ */
export interface Backlog {
  /** Not acknowledged: waiting, delayed and on loan. */
  readonly count: number;
  /** When the oldest of them was sent, milliseconds since the epoch; undefined where Cloudflare does not know. */
  readonly oldestMs?: number;
}
