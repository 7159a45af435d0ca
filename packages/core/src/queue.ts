import type { StandardSchemaV1 } from "@standard-schema/spec";
import { recordResource } from "./collector.ts";
import { Draft, show } from "./draft.ts";
import { type Duration, formatDuration } from "./duration.ts";
import { deepFreeze } from "./freeze.ts";
import { isId } from "./id.ts";
import type { Backoff, QueueResource } from "./resource.ts";

/** How long to wait between attempts; what is left out keeps its default. */
export interface BackoffOptions {
  /** Before the second attempt. Default "1s". */
  readonly initial?: Duration;
  /** How many times longer each wait is than the last. Default 2. */
  readonly factor?: number;
  /** No wait is longer. Default "5m". */
  readonly max?: Duration;
  /** "full", the default, spreads retries between 0 and the wait; "none" takes it exactly. */
  readonly jitter?: "full" | "none";
}

interface QueueOptions {
  schema: StandardSchemaV1;
  maxAttempts: number;
  backoff: BackoffOptions;
  lease: Duration;
  fifo: { readonly group?: string };
  concurrency: number;
  retention: Duration;
  results: Duration;
  idempotency: { readonly conflict: "original" | "error" };
  deadLetters: QueueResource | string;
}

/** Declares a queue. Nothing but the id is required. */
export class Queue<Input = unknown, Output = Input> {
  readonly #draft: Draft<QueueOptions>;

  constructor(id: string) {
    this.#draft = new Draft("Queue", id);
  }

  /** Any Standard Schema (zod, valibot, arktype): types the payload, and is checked at send and at receive. */
  schema<Schema extends StandardSchemaV1>(
    schema: Schema,
  ): Queue<StandardSchemaV1.InferInput<Schema>, StandardSchemaV1.InferOutput<Schema>> {
    this.#draft.set({ schema });
    // The same builder: the type parameters exist for the compiler only, and build() fills them from the schema.
    return this as unknown as Queue<
      StandardSchemaV1.InferInput<Schema>,
      StandardSchemaV1.InferOutput<Schema>
    >;
  }

  /** Deliveries in total before the dead letters, 1..100. Default 5. */
  maxAttempts(attempts: number): this {
    this.#draft.set({ maxAttempts: attempts });
    return this;
  }

  /** How long to wait between attempts. */
  backoff(options: BackoffOptions): this {
    this.#draft.set({ backoff: options });
    return this;
  }

  /** How soon the message of a crashed receiver comes back, "1s".."12h". Default "30s". */
  lease(lease: Duration): this {
    this.#draft.set({ lease });
    return this;
  }

  /** Strict order within a group, which is a payload field (a dotted path) or an option of each send. */
  fifo(options: { readonly group?: string } = {}): this {
    this.#draft.set({ fifo: options });
    return this;
  }

  /** At most so many handlers at once over all consumers of the deployment. Default unlimited. */
  concurrency(handlers: number): this {
    this.#draft.set({ concurrency: handlers });
    return this;
  }

  /** How long an unhandled message is kept from when it is due, "1m".."14d". Default "4d". */
  retention(retention: Duration): this {
    this.#draft.set({ retention });
    return this;
  }

  /** Keeps job records and results that long after the end, "1m".."90d". */
  results(results: Duration): this {
    this.#draft.set({ results });
    return this;
  }

  /** What a repeated key with another payload gets: the "original" id (the default) or an "error". */
  idempotency(options: { readonly conflict: "original" | "error" }): this {
    this.#draft.set({ idempotency: options });
    return this;
  }

  /**
   * Sends what fails for good to another queue of the stack, whose consumer finds the reason in `message.dead`. Without it
   * dead letters stay beside the queue until somebody acts upon them.
   */
  deadLetters(queue: QueueResource | string): this {
    this.#draft.set({ deadLetters: queue });
    return this;
  }

  /** Checks everything at once; the result is frozen data, and the builder is closed. */
  build(): QueueResource<Input, Output> {
    const draft = this.#draft;
    draft.assertOpen();
    const { schema, fifo, concurrency, results, idempotency, deadLetters } = draft.options;
    const data = deepFreeze({
      type: "queue" as const,
      id: draft.id(),
      maxAttempts: draft.integer("maxAttempts", draft.options.maxAttempts ?? 5, 1, 100),
      backoff: readBackoff(draft),
      leaseMs: draft.duration("lease", draft.options.lease ?? "30s", "1s", "12h"),
      retentionMs: draft.duration("retention", draft.options.retention ?? "4d", "1m", "14d"),
      idempotency: {
        conflict: draft.choice("idempotency.conflict", idempotency?.conflict ?? "original", [
          "original",
          "error",
        ]),
      },
      ...(fifo === undefined ? {} : { fifo: readFifo(draft, fifo) }),
      ...(concurrency === undefined
        ? {}
        : { concurrency: draft.integer("concurrency", concurrency, 1, Number.MAX_SAFE_INTEGER) }),
      ...(deadLetters === undefined ? {} : { deadLetters: readTarget(draft, deadLetters) }),
      ...(results === undefined
        ? {}
        : { resultsMs: draft.duration("results", results, "1m", "90d") }),
    });
    if (schema !== undefined) checkSchema(draft, schema);
    draft.seal("DECLARATION_INVALID");
    // Typed by schema(); the schema itself is the author's object and stays unfrozen.
    const typed = schema as StandardSchemaV1<Input, Output> | undefined;
    const queue = typed === undefined ? data : Object.freeze({ ...data, schema: typed });
    recordResource(queue);
    return queue;
  }
}

function readBackoff(draft: Draft<QueueOptions>): Backoff {
  const given = draft.options.backoff ?? {};
  draft.known("backoff", given, ["initial", "factor", "max", "jitter"]);
  const { initial = "1s", factor = 2, max = "5m", jitter = "full" } = given;
  const initialMs = draft.duration("backoff.initial", initial, "0ms", "7d");
  const maxMs = draft.duration("backoff.max", max, "0ms", "7d");
  if (!(Number.isFinite(factor) && factor >= 1 && factor <= 100)) {
    draft.report(
      "backoff.factor",
      `backoff.factor is ${show(factor)}, not a number from 1 to 100`,
      "Use 2 to double each wait, or 1 to keep it.",
    );
  }
  if (maxMs < initialMs) {
    draft.report(
      "backoff.max",
      `backoff.max is "${max}", less than backoff.initial, "${initial}"`,
      `Set max to "${formatDuration(initialMs)}" or more.`,
    );
  }
  return {
    initialMs,
    factor,
    maxMs,
    jitter: draft.choice("backoff.jitter", jitter, ["full", "none"]),
  };
}

function readTarget(draft: Draft<QueueOptions>, target: QueueResource | string): string {
  // From JavaScript anything may come.
  const id: unknown = typeof target === "string" ? target : target?.id;
  if (isId(id) && (typeof target === "string" || target.type === "queue")) return id;
  draft.report(
    "deadLetters",
    `deadLetters is ${show(target)}, not a queue`,
    'Pass a built queue, .deadLetters(failed), or its id, .deadLetters("failed").',
  );
  return "";
}

function readFifo(draft: Draft<QueueOptions>, options: { readonly group?: string }) {
  draft.known("fifo", options, ["group"]);
  const { group } = options;
  if (group === undefined) return {};
  if (typeof group !== "string" || !/^[^.\s]+(\.[^.\s]+)*$/.test(group)) {
    draft.report(
      "fifo.group",
      `fifo.group is ${show(group)}, not the path of a payload field`,
      `Write the field's name, with dots for nested ones: "account_id" or "customer.id".`,
    );
  }
  return { group };
}

function checkSchema(draft: Draft<QueueOptions>, schema: StandardSchemaV1): void {
  // From JavaScript anything may come; a schema is an object or a function (arktype).
  const standard = (schema as Partial<StandardSchemaV1> | null)?.["~standard"];
  if (standard?.version === 1 && typeof standard.validate === "function") return;
  draft.report(
    "schema",
    "the schema does not implement Standard Schema version 1",
    "Pass a schema of zod 3.24, valibot 1, arktype 2 or newer, or any other of standardschema.dev.",
  );
}
