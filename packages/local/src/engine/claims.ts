import type { Clock } from "@alienplatform/bindings";
import type { Storage } from "../store/storage.ts";
import { type Claim, decodeClaim, encodeClaim, fingerprint } from "./claim.ts";
import type { Commit } from "./commit.ts";
import { KeyFilter } from "./key-filter.ts";
import { claimBucketKey, claimKey, table } from "./keys.ts";

/** How long a key is remembered, and how much time one bucket of rows holds. */
const WINDOW_MS = 24 * 60 * 60 * 1000;
/** Of the newest keys the claims are in memory; older ones are looked up. */
const MOST_CLAIMS = 16_384;

/** What a send learns of its key: the claim that came first, or how to make its own. */
export interface Found {
  readonly claim: Claim | undefined;
  /** Fingerprints of the key and of what the message says. */
  readonly key: string;
  readonly content: string;
  readonly now: number;
}

/**
 * The idempotency keys of a queue. A key counts from its claim for a window, whatever became of the message. A bucket
 * holds a window's claims, so that what still counts is in the bucket of now and the one before, and what no longer
 * counts goes by whole buckets.
 */
export class ClaimBook {
  readonly #queue: number;
  readonly #storage: Storage;
  readonly #commit: Commit;
  readonly #clock: Clock;
  /** By fingerprint, the oldest first; all that is not on disk yet is here. */
  readonly #recent = new Map<string, Claim>();
  /** How many of these were made since the last seal. */
  #unsealed = 0;
  /** Those that have rows. */
  readonly #buckets = new Set<number>();
  /** Those of them with rows that are not in memory, and which; undefined where the rows are from before the opening. */
  readonly #unread = new Map<number, KeyFilter | undefined>();
  /** Those that are empty since the last seal. */
  readonly #cleared: number[] = [];

  constructor(
    queue: number,
    parts: { readonly storage: Storage; readonly commit: Commit; readonly clock: Clock },
  ) {
    this.#queue = queue;
    this.#storage = parts.storage;
    this.#commit = parts.commit;
    this.#clock = parts.clock;
  }

  /** The store has rows in this bucket. */
  restore(bucket: number): void {
    this.#buckets.add(bucket);
    this.#unread.set(bucket, undefined);
  }

  /** `whenever`: also a claim whose window is over. */
  find(idempotencyKey: string, content: string, whenever = false): Found {
    const now = this.#clock.now();
    const key = fingerprint(idempotencyKey);
    const holds = (claim: Claim) => whenever || counts(claim, now);
    const recent = this.#recent.get(key);
    if (recent !== undefined && holds(recent)) return { claim: recent, key, content, now };
    for (const [bucket, filter] of this.#unread) {
      if (!(whenever || isNear(bucket, now)) || filter?.mayHave(key) === false) continue;
      const row = this.#storage.getSync(claimKey(this.#queue, bucket, key));
      const claim = row && decodeClaim(row);
      if (claim !== undefined && holds(claim)) return { claim, key, content, now };
    }
    return { claim: undefined, key, content, now };
  }

  /** Remembers the key with the commit being built, which must hold the message too. */
  put(key: string, claim: Claim): void {
    const { batch } = this.#commit;
    const bucket = bucketOf(claim.at);
    // Here and not by themselves, because a full disk takes no claims, and what is kept for it must not go into deletes.
    for (const old of this.#buckets) if (!isNear(old, claim.at)) this.#clear(old);
    if (!this.#buckets.has(bucket)) {
      this.#buckets.add(bucket);
      batch.put(claimBucketKey(this.#queue, bucket), Buffer.alloc(0));
    }
    batch.put(claimKey(this.#queue, bucket, key), encodeClaim(claim));
    // Where an old claim of this key is in memory, the new one stands at the end.
    this.#recent.delete(key);
    this.#recent.set(key, claim);
    this.#unsealed++;
  }

  seal(): void {
    this.#unsealed = 0;
    for (const bucket of this.#cleared.splice(0)) {
      // The clock may have come back to it meanwhile.
      if (!this.#buckets.has(bucket)) this.#commit.batch.del(claimBucketKey(this.#queue, bucket));
    }
  }

  /** Clears a bucket in which nothing counts any more. Crashing on the way leaves the bucket's name, so the next opening clears the rest. */
  #clear(bucket: number): void {
    this.#buckets.delete(bucket);
    this.#unread.delete(bucket);
    const gte = claimKey(this.#queue, bucket, "");
    const lt = claimKey(this.#queue, bucket + 1, "");
    this.#storage.clear({ gte, lt }).then(
      () => {
        this.#cleared.push(bucket);
      },
      (error) => this.#commit.fail(error),
    );
  }

  /** What was sealed is on disk: only the newest stay in memory. */
  committed(): void {
    const kept = Math.max(MOST_CLAIMS, this.#unsealed);
    if (this.#recent.size <= kept) return;
    for (const [key, { at }] of this.#recent) {
      this.#recent.delete(key);
      this.#forget(key, bucketOf(at));
      if (this.#recent.size <= kept) return;
    }
  }

  /** The key has left memory. */
  #forget(key: string, bucket: number): void {
    if (!this.#buckets.has(bucket)) return;
    if (!this.#unread.has(bucket)) this.#unread.set(bucket, new KeyFilter());
    this.#unread.get(bucket)?.add(key);
  }
}

function bucketOf(at: number): number {
  return Math.floor(at / WINDOW_MS);
}

/**
 * Also what lies ahead counts, for a window: the clock may have gone back. So a clock that jumps back never ends a
 * key's time earlier than it would have ended, unless it jumps by more than the window.
 */
function counts({ at }: Claim, now: number): boolean {
  return Math.abs(now - at) < WINDOW_MS;
}

function isNear(bucket: number, now: number): boolean {
  return Math.abs(bucket - bucketOf(now)) <= 1;
}

/** The buckets that a store has rows in, by queue. */
export async function readClaimBuckets(
  storage: Storage,
): Promise<readonly { readonly queue: number; readonly bucket: number }[]> {
  const range = { gte: Buffer.from([table.claimBucket]), lt: Buffer.from([table.claimBucket + 1]) };
  const rows = await storage.rows(range, 1_000_000);
  return rows.map(([key]) => ({ queue: key.readUInt32BE(1), bucket: key.readUInt32BE(5) }));
}
