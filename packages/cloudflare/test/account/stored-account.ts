import { randomBytes, randomUUID } from "node:crypto";
import type { Clock } from "@alienplatform/bindings";
import { Refused } from "../server/message-routes.ts";
import { StoredQueue } from "../server/stored-queue.ts";
import { slotOf } from "../table/d1-database.ts";
import type { RunStatement } from "./database-host.ts";

/** What is in the form that makes a Worker. */
export interface ScriptMetadata {
  readonly main_module: string;
  readonly compatibility_date: string;
  readonly compatibility_flags?: readonly string[];
  readonly bindings?: readonly ScriptBinding[];
  readonly keep_bindings?: readonly string[];
  readonly observability?: { readonly enabled: boolean };
  readonly tags?: readonly string[];
}

export interface ScriptBinding {
  readonly type: string;
  readonly name: string;
  readonly text?: string;
  readonly queue_name?: string;
  /** Of a database. */
  readonly id?: string;
}

/** A database of D1. */
export interface StoredDatabase {
  readonly id: string;
  readonly name: string;
  /** Which one of workerd's it is. */
  readonly slot: string;
}

/** A Worker as Cloudflare keeps it. */
export interface StoredScript {
  readonly name: string;
  /** Another with each upload and each secret. */
  version: number;
  metadata: ScriptMetadata;
  /** By their names. */
  modules: ReadonlyMap<string, { readonly type: string; readonly text: string }>;
  readonly secrets: Map<string, string>;
  tags: readonly string[];
  subdomain: { readonly enabled: boolean; readonly previews_enabled: boolean };
  /** What it wrote. */
  readonly lines: { readonly id: string; readonly at: number; readonly text: string }[];
}

export interface QueueSettings {
  readonly delivery_delay?: number;
  readonly delivery_paused?: boolean;
  readonly message_retention_period?: number;
}

export interface ConsumerSettings {
  readonly batch_size?: number;
  readonly max_concurrency?: number;
  readonly max_retries?: number;
  readonly max_wait_time_ms?: number;
  readonly retry_delay?: number;
  readonly visibility_timeout_ms?: number;
}

export interface ConsumerRequest {
  readonly type: "worker" | "http_pull";
  readonly script_name?: string;
  readonly dead_letter_queue?: string;
  readonly settings?: ConsumerSettings;
}

export interface StoredConsumer extends ConsumerRequest {
  readonly id: string;
}

/** A queue with its messages, as it is configured at each moment. */
export class AccountQueue {
  readonly id = randomBytes(16).toString("hex");
  readonly name: string;
  readonly messages: StoredQueue;
  settings: QueueSettings;
  consumer: StoredConsumer | undefined;

  constructor(name: string, settings: QueueSettings, account: StoredAccount) {
    this.name = name;
    // What the page says of those that are not named.
    this.settings = { delivery_delay: 0, message_retention_period: 345_600, ...settings };
    const configured = (): AccountQueue => this;
    this.messages = new StoredQueue(account.clock, {
      get maxRetries() {
        return configured().consumer?.settings?.max_retries ?? 3;
      },
      get retentionMs() {
        return Number(configured().settings.message_retention_period) * 1_000;
      },
      get dead() {
        return account.queueNamed(configured().consumer?.dead_letter_queue)?.messages;
      },
    });
    this.messages.paused = settings.delivery_paused === true;
  }

  /** PATCH: what is not named stays. */
  change(settings: QueueSettings): void {
    this.settings = { ...this.settings, ...settings };
    this.messages.paused = this.settings.delivery_paused === true;
  }
}

/** What an account of Cloudflare has. */
export class StoredAccount {
  readonly clock: Clock;
  /** By their ids. */
  readonly queues = new Map<string, AccountQueue>();
  /** By their names. */
  readonly scripts = new Map<string, StoredScript>();
  /** By their ids. */
  readonly databases = new Map<string, StoredDatabase>();
  /** Where its databases are: with its Workers, where something runs these. */
  runStatement: RunStatement;
  #databasesMade = 0;
  /** Whose each slot is by now, and whether it is without what was there before. */
  readonly #slots = new Map<string, { readonly id: string; readonly empty: Promise<unknown> }>();

  constructor(clock: Clock, runStatement: RunStatement) {
    this.clock = clock;
    this.runStatement = runStatement;
  }

  database(id: string | undefined): StoredDatabase {
    const found = this.databases.get(id ?? "");
    if (found === undefined) throw new Refused(404, 7_404, `The database ${id} could not be found`);
    return found;
  }

  makeDatabase(name: string): StoredDatabase {
    if ([...this.databases.values()].some((each) => each.name === name)) {
      throw new Refused(400, 7_502, "A database with that name already exists");
    }
    const slot = slotOf(this.#databasesMade++);
    const made = { id: randomUUID(), name, slot };
    this.databases.set(made.id, made);
    return made;
  }

  /** What a database answers to a statement, by its id. */
  async query(id: string, sql: string, parameters: readonly string[]) {
    const { slot } = this.database(id);
    const newest = [...this.databases.values()].findLast((each) => each.slot === slot);
    if (newest?.id !== id) throw new Error(`another database was made where ${id} was`);
    if (this.#slots.get(slot)?.id !== id) {
      const empty = this.runStatement(slot, "DROP TABLE IF EXISTS items", []);
      this.#slots.set(slot, { id, empty });
    }
    await this.#slots.get(slot)?.empty;
    return this.runStatement(slot, sql, parameters);
  }

  queueNamed(name: string | undefined): AccountQueue | undefined {
    return [...this.queues.values()].find((queue) => queue.name === name);
  }

  queue(id: string): AccountQueue {
    const found = this.queues.get(id);
    if (found === undefined) throw new Refused(404, 11_000, "Queue not found");
    return found;
  }

  script(name: string): StoredScript {
    const found = this.scripts.get(name);
    if (found === undefined) {
      throw new Refused(404, 10_007, "This Worker does not exist on your account.");
    }
    return found;
  }

  makeQueue(name: string, settings: QueueSettings): AccountQueue {
    if (this.queueNamed(name) !== undefined) {
      throw new Refused(409, 11_009, `Queue name '${name}' is already taken.`);
    }
    const made = new AccountQueue(name, settings, this);
    this.queues.set(made.id, made);
    return made;
  }

  /** Refused where a Worker sends to it: https://github.com/alchemy-run/distilled/pull/432 */
  deleteQueue(id: string): void {
    const { name } = this.queue(id);
    const sends = [...this.scripts.values()].find(({ metadata }) =>
      metadata.bindings?.some((each) => each.type === "queue" && each.queue_name === name),
    );
    if (sends !== undefined) {
      throw new Refused(400, 11_005, `Queue is referenced by a binding of Worker ${sends.name}`);
    }
    this.queues.delete(id);
  }

  setConsumer(queue: AccountQueue, request: ConsumerRequest, id: string): StoredConsumer {
    if (request.script_name !== undefined) {
      const { metadata, modules } = this.script(request.script_name);
      // What it exports only running it would tell.
      if (!modules.get(metadata.main_module)?.text.includes("queue")) {
        throw new Refused(400, 11_001, "Queue handler is missing.");
      }
    }
    const dead = request.dead_letter_queue;
    if (dead !== undefined && this.queueNamed(dead) === undefined) {
      throw new Refused(404, 11_000, `Queue "${dead}" does not exist`);
    }
    queue.consumer = { ...request, id };
    return queue.consumer;
  }

  putScript(
    name: string,
    metadata: ScriptMetadata,
    modules: StoredScript["modules"],
  ): StoredScript {
    for (const { type, queue_name, id } of metadata.bindings ?? []) {
      if (type === "d1") this.database(id);
      if (type === "queue" && this.queueNamed(queue_name) === undefined) {
        throw new Refused(404, 11_000, `Queue "${queue_name}" does not exist`);
      }
    }
    const known = this.scripts.get(name);
    const kept = metadata.keep_bindings?.includes("secret_text") ? known?.secrets : undefined;
    const made: StoredScript = {
      name,
      version: (known?.version ?? 0) + 1,
      metadata,
      modules,
      secrets: new Map(kept),
      tags: metadata.tags ?? known?.tags ?? [],
      subdomain: known?.subdomain ?? { enabled: false, previews_enabled: false },
      lines: known?.lines ?? [],
    };
    this.scripts.set(name, made);
    return made;
  }

  /** Refused where a queue is pushed to it: https://github.com/cloudflare/workers-sdk/issues/3370 */
  deleteScript(name: string): void {
    this.script(name);
    const pushes = [...this.queues.values()].some((each) => each.consumer?.script_name === name);
    if (pushes) throw new Refused(400, 10_064, "script still in use as a consumer for a queue");
    this.scripts.delete(name);
  }
}
