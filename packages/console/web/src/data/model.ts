/** What the HTTP API answers, as far as the console shows it: docs/http-api.md. Times are ISO 8601. */
export interface Stats {
  readonly ready: number;
  /** Missing, as in `inFlight`, where the platform counts them among the ready. */
  readonly delayed?: number;
  readonly inFlight?: number;
  readonly dead: number;
  readonly oldestAgeMs?: number;
  readonly rates?: Rates;
}

/** Per second, over the last minute. */
export interface Rates {
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
  readonly waitedMs?: { readonly p50: number; readonly p95: number };
}

export interface Paused {
  readonly reason: string;
  readonly since?: string;
  readonly until?: string;
  readonly whilePaused?: "wait" | "deadLetter";
  readonly declared?: boolean;
}

export interface QueueSummary {
  readonly id: string;
  /** Missing where the platform tells no counts. */
  readonly stats?: Stats;
  readonly paused?: Paused;
  readonly consumer?: string;
  readonly boundBy?: "alien.ts" | "operator";
  readonly fifo: boolean;
}

export interface QueueDetail extends QueueSummary {
  readonly declaration?: Readonly<Record<string, unknown>>;
  readonly capabilities?: Readonly<Record<string, unknown>>;
  readonly schema?: JsonSchema;
}

/** The parts of JSON Schema that a form can be made of. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema;
  readonly title?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
}

export type MessageState = "ready" | "delayed" | "inFlight" | "dead";

export interface Attempt {
  readonly number: number;
  readonly outcome: "SUCCEEDED" | "FAILED" | "EXPIRED";
  readonly startedAt?: string;
  readonly endedAt: string;
  readonly error?: Failure;
  /** When the message, dead after this one, was redriven. */
  readonly redrivenAt?: string;
}

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly stack?: string;
}

export interface Message {
  readonly id: string;
  readonly queue: string;
  readonly state: MessageState | "over";
  readonly kind: "json" | "text";
  readonly payload: unknown;
  /** Set where the payload is no text. */
  readonly encoding?: "base64";
  readonly attempts: number;
  readonly history?: readonly Attempt[];
  readonly sentAt: string;
  readonly dueAt?: string;
  readonly leaseEndsAt?: string;
  readonly deadAt?: string;
  readonly error?: Failure;
  readonly attributes: Readonly<Record<string, string>>;
  readonly group?: string;
  readonly priority?: number;
  readonly concurrency?: { readonly key: string; readonly limit: number };
  readonly job?: string;
  readonly maxAttempts?: number;
  readonly source?: string;
  readonly trace?: { readonly traceparent: string; readonly tracestate?: string };
}

export type JobStatus = "PENDING" | "RUNNING" | "SUCCEEDED" | "DEAD" | "FAILED" | "CANCELLED";

export interface Job {
  readonly id: string;
  readonly queue: string;
  readonly status: JobStatus;
  readonly name?: string;
  readonly attempts: readonly Attempt[];
  readonly result?: unknown;
  readonly lastError?: Failure;
  readonly sentAt?: string;
  readonly dueAt?: string;
  readonly endedAt?: string;
}

export interface DeadLetter extends Message {
  readonly deadAt: string;
  readonly error: Failure;
}

export interface ErrorGroup {
  readonly code: string;
  readonly message: string;
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

export interface List<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

export interface Sample {
  readonly at: string;
  readonly ready?: number;
  readonly delayed?: number;
  readonly inFlight?: number;
  readonly dead?: number;
  readonly rates?: Rates;
}

/** What becomes of dead letters. */
export type Act = "redrive" | "discard";

export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly queue: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  readonly done: number;
  readonly total?: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly error?: { readonly detail: string; readonly fix?: string };
}

export interface Binding {
  readonly queue: string;
  readonly function?: string;
  readonly consumer?: string;
  readonly boundBy?: "alien.ts" | "operator";
  readonly status?: string;
  readonly paused?: Paused;
}

export interface FunctionInfo {
  readonly id: string;
  readonly type?: string;
  readonly triggers?: readonly { readonly queue: string }[];
}

export interface Group {
  readonly group: string;
  readonly waiting: number;
  readonly heldBy?: { readonly id: string; readonly state: "inFlight" | "delayed" };
}

export interface Key {
  readonly key: string;
  readonly limit: number;
  readonly inFlight: number;
  readonly waiting: number;
}

export interface Consumer {
  readonly session: string;
  readonly pid?: number;
  readonly inFlight: number;
  readonly waiting: boolean;
}

export interface Activity {
  readonly type: string;
  readonly queue: string;
  readonly id: string;
  readonly at: string;
  readonly attempt?: number;
  readonly waitedMs?: number;
  readonly error?: Failure;
}

export interface Health {
  readonly name: string;
  readonly platform: string;
  readonly stage?: string;
  /** The server refuses whatever changes something. */
  readonly readOnly?: boolean;
}

export interface Clock {
  readonly now: string;
  readonly ahead: string;
}
