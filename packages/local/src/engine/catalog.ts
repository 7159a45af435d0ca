import { AlienError } from "@alienplatform/core";
import { damaged } from "../store/damage.ts";
import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { readClaimBuckets } from "./claims.ts";
import type { Participant } from "./commit.ts";
import { metaKey, nameKey, table, tableRange } from "./keys.ts";
import { decodeMeta } from "./meta.ts";
import type { QueueSpec } from "./port.ts";
import { LocalQueue, type StoreParts } from "./queue.ts";
import { recover } from "./recovery.ts";

/** The declared queues: u32 number, JSON of the spec, u32 checksum; under the name. */
const HEAD = 4;

/** All queues of a store, by name. */
export class Catalog implements Participant {
  readonly #store: StoreParts;
  readonly #queues = new Map<string, LocalQueue>();
  readonly #declared = new Set<LocalQueue>();
  #nextNumber = 1;
  /** The sessions that had something on loan when the store was opened. */
  inheritedSessions: ReadonlySet<string> = new Set();

  private constructor(store: StoreParts) {
    this.#store = store;
  }

  static async read(store: StoreParts): Promise<Catalog> {
    const catalog = new Catalog(store);
    const { storage } = store;
    const sessions = new Set<string>();
    for (const [key, declared] of await storage.rows(tableRange(table.queue), 100_000)) {
      verified(declared, `the declaration of queue "${key.toString("latin1", 1)}"`);
      const number = declared.readUInt32BE(0);
      // Its checksum says that this is what declare() wrote.
      const spec = JSON.parse(
        declared.toString("utf8", HEAD, declared.length - CHECKSUM_BYTES),
      ) as QueueSpec;
      const row = await storage.get(metaKey(number));
      if (row === undefined) throw damaged(`the state of queue "${spec.name}" is missing`);
      const meta = decodeMeta(row);
      const queue = new LocalQueue(number, spec, store, meta);
      await recover(storage, queue);
      if (queue.parts.leases.inFlight !== meta.inFlight) {
        throw damaged(`leases of queue "${spec.name}" are missing`);
      }
      for (const session of queue.parts.leases.sessions()) sessions.add(session);
      catalog.#queues.set(spec.name, queue);
      catalog.#nextNumber = Math.max(catalog.#nextNumber, number + 1);
      // Its timers start with its first seal.
      store.commit.touch(queue);
    }
    for (const { queue, bucket } of await readClaimBuckets(storage)) {
      catalog
        .queues()
        .find(({ number }) => number === queue)
        ?.claims.restore(bucket);
    }
    catalog.inheritedSessions = sessions;
    return catalog;
  }

  queues(): readonly LocalQueue[] {
    return [...this.#queues.values()];
  }

  find(name: string): LocalQueue {
    const queue = this.#queues.get(name);
    if (queue === undefined) {
      throw new AlienError("UNKNOWN_QUEUE", `queue "${name}" is not declared in the local store`, {
        fix: "Declare it in alien.ts and start alien dev, or open it through queue().",
        details: { queue: name },
      });
    }
    return queue;
  }

  /** Adds queues and replaces the specs of those that are there, with the commit being built. */
  declare(specs: readonly QueueSpec[]): void {
    for (const spec of specs) {
      const known = this.#queues.get(spec.name);
      if (known !== undefined && known.spec.fifo !== spec.fifo && !known.empty) {
        const was = known.spec.fifo ? "FIFO" : "not FIFO";
        throw new AlienError(
          "UNSUPPORTED",
          `queue "${spec.name}" is ${was} and has messages, which cannot be put in another order`,
          {
            fix: "Let its consumers drain it or purge it, then change .fifo(); or give the new queue another id.",
            details: { queue: spec.name },
          },
        );
      }
    }
    for (const spec of specs) {
      const known = this.#queues.get(spec.name);
      if (known !== undefined && JSON.stringify(known.spec) === JSON.stringify(spec)) continue;
      const queue = known ?? new LocalQueue(this.#nextNumber++, spec, this.#store);
      queue.spec = spec;
      this.#queues.set(spec.name, queue);
      this.#declared.add(queue);
      this.#store.commit.touch(this);
      this.#store.commit.touch(queue);
    }
  }

  seal(): void {
    for (const { spec, number } of this.#declared) {
      const json = Buffer.from(JSON.stringify(spec));
      const row = Buffer.allocUnsafe(HEAD + json.length + CHECKSUM_BYTES);
      row.writeUInt32BE(number, 0);
      json.copy(row, HEAD);
      this.#store.commit.batch.put(nameKey(table.queue, spec.name), addChecksum(row));
    }
    this.#declared.clear();
  }
}
