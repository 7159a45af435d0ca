import type { StandardSchemaV1 } from "@standard-schema/spec";

/** How long to wait before the next attempt: min(max, initial * factor^(attempt-1)), then jitter. */
export interface Backoff {
  readonly initialMs: number;
  readonly factor: number;
  readonly maxMs: number;
  /** "full" picks uniformly between 0 and the computed delay; "none" takes it exactly. */
  readonly jitter: "full" | "none";
}

/** A queue as declared: pure data, frozen. `Input` is what may be sent, `Output` what handlers get. */
export interface QueueResource<Input = unknown, Output = Input> {
  readonly type: "queue";
  readonly id: string;
  /** Total deliveries before the dead letters, 1..100. */
  readonly maxAttempts: number;
  readonly backoff: Backoff;
  readonly leaseMs: number;
  /** Present on a FIFO queue; `group` is the dotted path of a payload field. */
  readonly fifo?: { readonly group?: string };
  /** Handlers at once over all consumers of the deployment; undefined is unlimited. */
  readonly concurrency?: number;
  readonly retentionMs: number;
  /** The id of the queue that its dead letters go to, which has a consumer; undefined keeps them beside the queue. */
  readonly deadLetters?: string;
  /** How long job records are kept after the end; undefined keeps none. */
  readonly resultsMs?: number;
  readonly idempotency: { readonly conflict: "original" | "error" };
  readonly schema?: StandardSchemaV1<Input, Output>;
}

export interface Trigger {
  /** The id of the queue. */
  readonly queue: string;
  readonly batchSize: number;
  readonly paused: boolean;
  readonly whilePaused: "wait" | "deadLetter";
  readonly onInvalid: "deadLetter" | "retry";
}

export type Right = "send" | "receive" | "operate";

export interface Link {
  readonly resource: string;
  readonly right: Right;
}

export interface FunctionResource {
  readonly type: "function";
  readonly id: string;
  /** The entry file relative to alien.ts; undefined means src/<id>.ts, then <id>.ts. */
  readonly code?: string;
  readonly triggers: readonly Trigger[];
  readonly links: readonly Link[];
  readonly http: boolean;
  readonly memoryBytes?: number;
  readonly timeoutMs?: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

export interface EndpointResource {
  readonly type: "endpoint";
  readonly id: string;
  readonly url: string;
  readonly triggers: readonly Trigger[];
}

/** What alien.ts declares. */
export type Resource = QueueResource | FunctionResource | EndpointResource;

/** The resources and their edges, pure data. */
export interface StackData {
  readonly name: string;
  /** Platforms whose limits the stack is held to; empty means any. */
  readonly platforms: readonly string[];
  readonly resources: readonly Resource[];
}
