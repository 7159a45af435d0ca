import type { Json } from "@alienplatform/deploy";

/*
 * What each type of part is to be. `Text` is a text that may hang on another part: controllers get it resolved, as the
 * default says; the parts themselves hold references there (`Json`). Numbers are in the vendor's own units.
 */

/** By the type of part. */
export interface PartConfigs<Text = string> {
  readonly queue: QueueConfig;
  readonly "d1-database": D1DatabaseConfig;
  readonly worker: WorkerConfig<Text>;
  readonly "queue-consumer": QueueConsumerConfig<Text>;
  readonly "worker-url": WorkerUrlConfig<Text>;
  readonly "worker-secret": WorkerSecretConfig<Text>;
}

/** What others may refer to, by the type of part; `known` are those that its name tells before it exists. */
export const ATTRIBUTES = {
  queue: { all: ["id", "name"], known: ["name"] },
  "d1-database": { all: ["id", "name"], known: ["name"] },
  worker: { all: ["name"], known: ["name"] },
  "queue-consumer": { all: ["id"], known: [] },
  "worker-url": { all: ["url"], known: [] },
  "worker-secret": { all: ["name"], known: ["name"] },
} as const satisfies Record<
  keyof PartConfigs,
  { all: readonly string[]; known: readonly string[] }
>;

/** https://developers.cloudflare.com/api/resources/queues/methods/create/ */
export type QueueConfig = {
  /** Seconds. A Free account keeps messages for 86,400 at most. */
  readonly messageRetentionPeriod: number;
  /** Seconds: of messages that are sent without a delay of their own. */
  readonly deliveryDelay: number;
  /** When it is made; from then on a pause is the operators', and no difference. */
  readonly pausedAtFirst: boolean;
};

/** What a stage keeps beside its queues. https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/create/ */
export type D1DatabaseConfig = {
  /** What makes each table and index where it is not there, by its name. */
  readonly schema: { readonly [name: string]: string };
};

/** https://developers.cloudflare.com/workers/configuration/multipart-upload-metadata/ */
export type WorkerConfig<Text = string> = {
  /** The zip file whose files are uploaded as modules, by its SHA-256 in hex. */
  readonly code: { readonly sha256: string };
  /** Its default export is what Cloudflare calls. */
  readonly mainModule: string;
  readonly compatibilityDate: string;
  readonly compatibilityFlags: readonly string[];
  /** The names of queues that it may send to, by what they are called in `env`. */
  readonly queues: { readonly [binding: string]: Text };
  /** The ids of databases of D1, by what they are called in `env`. */
  readonly databases: { readonly [binding: string]: Text };
  /** Plain texts in `env`. */
  readonly environment: { readonly [name: string]: Text };
  /** Whether what it writes is kept, so that `alien logs` finds it. */
  readonly observability: boolean;
};

/**
 * What takes the messages of a queue: a Worker that they are pushed to, or whoever pulls. A queue has one at most, so it is
 * told by its queue; the part's name is "<queue>/consumer".
 */
export type QueueConsumerConfig<Text = string> = WorkerConsumer<Text> | PullConsumer<Text>;

/** https://developers.cloudflare.com/api/resources/queues/subresources/consumers/methods/create/ */
export type WorkerConsumer<Text = string> = {
  /** Of its queue. Another value is another consumer. */
  readonly queueId: Text;
  readonly type: "worker";
  readonly scriptName: Text;
  /** The name of the queue. */
  readonly deadLetterQueue: Text;
  readonly batchSize: number;
  /** How long a batch is gathered, in milliseconds. */
  readonly maxWaitTimeMs: number;
  /** Deliveries after the first. */
  readonly maxRetries: number;
  /** Seconds: of a retry that names no delay of its own. */
  readonly retryDelay: number;
  /** Invocations at once, 1 to 250; undefined is as many as Cloudflare finds right. */
  readonly maxConcurrency?: number;
};

export type PullConsumer<Text = string> = {
  /** Of its queue. Another value is another consumer. */
  readonly queueId: Text;
  readonly type: "http_pull";
  /** Undefined where it is a dead-letter queue: nothing moves on from there. */
  readonly deadLetterQueue?: Text;
  /** Of a pull that does not say how many it wants. */
  readonly batchSize: number;
  readonly maxRetries: number;
  /** Seconds. */
  readonly retryDelay: number;
  /** Of a pull that does not say for how long it borrows. */
  readonly visibilityTimeoutMs: number;
};

/** The address on workers.dev; the part's name is the Worker's. */
export type WorkerUrlConfig<Text = string> = {
  readonly scriptName: Text;
  /** Whether older versions have addresses of their own. */
  readonly previewsEnabled: boolean;
};

/**
 * A secret without its value, which no plan and no state has: a place for it in each Worker that reads it. `create` makes
 * the places, `alien secret set` the values, and no difference is ever found in a value.
 */
export type WorkerSecretConfig<Text = string> = {
  /** The variable. */
  readonly variable: string;
  /** The Workers that read it, sorted. */
  readonly scripts: readonly Text[];
  /** What it is made with: nothing, or 32 random bytes in base64url for one that only has to be unguessable. */
  readonly firstValue: "none" | "random";
};

/** For lowering: texts that may be references. */
export type LoweredConfigs = PartConfigs<Json>;
