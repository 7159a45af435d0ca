import { AlienError, isId } from "@alienplatform/core";
import { damaged } from "../store/damage.ts";
import { addChecksum, CHECKSUM_BYTES, verified } from "./checksum.ts";
import { readClaimBuckets } from "./claims.ts";
import type { Participant } from "./commit.ts";
import { findQueue } from "./find-queue.ts";
import { controlKey, metaKey, nameKey, table, tableRange } from "./keys.ts";
import { decodeMeta } from "./meta.ts";
import type { QueueSpec } from "./port.ts";
import { LocalQueue } from "./queue.ts";
import { recover } from "./recovery.ts";
import type { StoreParts } from "./store-parts.ts";

/** The declared queues: u32 number, JSON of the spec, u32 checksum; under the name. */
const HEAD = 4;

/** All queues of a store, by name. */
export class Catalog implements Participant {
  readonly #store: StoreParts;
  readonly #queues: Map<string, LocalQueue>;
  readonly #declared = new Set<LocalQueue>();
  #nextNumber = 1;
  /** The sessions that had something on loan when the store was opened. */
  inheritedSessions: ReadonlySet<string> = new Set();

  private constructor(store: StoreParts, queues: Map<string, LocalQueue>) {
    this.#store = store;
    this.#queues = queues;
  }

  /** `queues` is filled and kept up to date. */
  static async read(store: StoreParts, queues: Map<string, LocalQueue>): Promise<Catalog> {
    const catalog = new Catalog(store, queues);
    const { storage } = store;
    const sessions = new Set<string>();
    for (const [key, declared] of await storage.rows(tableRange(table.queue), 100_000)) {
      verified(declared, `the declaration of queue "${key.toString("latin1", 1)}"`);
      const number = declared.readUInt32BE(0);
      // Its checksum says that this is what declare() wrote.
      const spec = JSON.parse(
        declared.toString("utf8", HEAD, declared.length - CHECKSUM_BYTES),
      ) as QueueSpec;
      const [row, control] = await storage.getMany([metaKey(number), controlKey(number)]);
      if (row === undefined) throw damaged(`the state of queue "${spec.name}" is missing`);
      const meta = decodeMeta(row);
      const queue = new LocalQueue(number, spec, store, meta);
      if (control !== undefined) queue.control.restore(control);
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
    return findQueue(this.#queues, name);
  }

  /** Adds queues and replaces the specs of those that are there, with the commit being built. */
  declare(specs: readonly QueueSpec[]): void {
    for (const spec of specs) {
      refuseUnfit(spec);
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
    for (const given of [...specs, ...this.#undeclaredTargets(specs)]) {
      const known = this.#queues.get(given.name);
      const { trigger = known?.spec.trigger, ...rest } = given;
      const spec: QueueSpec = trigger === undefined ? rest : { ...rest, trigger };
      if (known !== undefined && JSON.stringify(known.spec) === JSON.stringify(spec)) continue;
      const queue = known ?? new LocalQueue(this.#nextNumber++, spec, this.#store);
      queue.control.declared(known?.spec.trigger, given.trigger);
      queue.spec = spec;
      this.#queues.set(spec.name, queue);
      this.#declared.add(queue);
      this.#store.commit.touch(this);
      this.#store.commit.touch(queue);
    }
  }

  /** Queues that dead letters go to and nobody has declared: made like the first that names them, until somebody does. */
  #undeclaredTargets(specs: readonly QueueSpec[]): readonly QueueSpec[] {
    const known = new Set([...this.#queues.keys(), ...specs.map(({ name }) => name)]);
    const missing: QueueSpec[] = [];
    for (const { deadLetters: name, trigger: _, ...spec } of specs) {
      if (name === undefined || known.has(name)) continue;
      known.add(name);
      missing.push({ ...spec, name });
    }
    return missing;
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

/** Once it is in a commit, what cannot be stored would fail the store for everybody. */
function refuseUnfit({ name, maxAttempts, leaseMs, retentionMs }: QueueSpec): void {
  const fit =
    isId(name) && [maxAttempts, leaseMs, retentionMs].every((value) => Number.isFinite(value));
  if (!fit) throw new TypeError("declare() takes queues as specOf() makes them");
}
