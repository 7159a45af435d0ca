import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import type { Outgoing, SendResult } from "../queue/driver.ts";
import type { StateTable, TableItem, TableKey } from "../table/state-table.ts";
import { digest } from "./digest.ts";

/** How long a key answers its first message. */
const WINDOW_MS = 24 * 3_600_000;
/** A claim that is not sent by then is taken over: whoever made it is gone. */
const UNSENT_MS = 60_000;
/** How long a send waits here for another one to end; then its caller asks again. */
const PATIENCE_MS = 2_000;
const FIRST_PAUSE_MS = 50;
/** Longer is not waited for by who repeats sends. */
const LONGEST_ASKED_MS = 20_000;

/** A key that a message is to be sent for, under this id. */
export interface ClaimedKey {
  readonly id: string;
  readonly item: TableItem;
}

export interface IdempotencyKeysOptions {
  readonly table: StateTable;
  readonly queue: string;
  readonly conflict: "original" | "error";
  readonly clock: Clock;
}

/** What is kept of a key. */
interface Claim {
  /** The id that its message has. */
  readonly id: string;
  /** The id that the sender chose who claimed it: another one where a claim was taken over. */
  readonly by: string;
  /** SHA-256 of what makes two sends the same. */
  readonly content: string;
  /** When it was claimed, milliseconds since the epoch. */
  readonly at: number;
  readonly sent?: true;
}

/** Idempotency keys of one queue: claimed before a send, marked as sent after it. */
export class IdempotencyKeys {
  readonly #given: IdempotencyKeysOptions;

  constructor(given: IdempotencyKeysOptions) {
    this.#given = given;
  }

  /** The message's key claimed for it, or what was answered before. */
  async claim(
    message: Outgoing,
    idempotencyKey: string,
    signal?: AbortSignal,
  ): Promise<ClaimedKey | SendResult> {
    const { table, queue, clock } = this.#given;
    const key: TableKey = { partition: `key/${queue}`, sort: await digest(idempotencyKey) };
    const content = await digest(`${message.headers.kind} ${message.body}`);
    const until = clock.now() + PATIENCE_MS;
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs *= 2) {
      const at = clock.now();
      const fresh: Claim = { id: message.id, by: message.id, content, at };
      const claimed = await this.#write(key, fresh, at + WINDOW_MS, undefined, signal);
      if (claimed !== undefined) return claimed;
      const item = await table.get(key, signal);
      if (item === undefined) {
        // Given back in between; a table that goes on so is not waited for.
        if (at >= until) return inProgress(queue, PATIENCE_MS);
        await pause(clock, pauseMs, signal);
        if (signal?.aborted) throw signal.reason;
        continue;
      }
      const claim = readClaim(item);
      if (claim.sent === true) return this.#answer(claim, content);
      // Its own, of a send that failed and is repeated.
      if (claim.by === message.id) return { id: claim.id, item };
      if (at >= claim.at + UNSENT_MS) {
        const taken: Claim = { id: claim.id, by: message.id, content, at };
        const over = await this.#write(key, taken, item.expiresAt, item.version, signal);
        if (over !== undefined) return over;
      } else if (at >= until) return inProgress(queue, claim.at + UNSENT_MS - at);
      else await pause(clock, pauseMs, signal);
      if (signal?.aborted) throw signal.reason;
    }
  }

  /** Its message is stored: from here on the key answers its id. */
  async sent({ id, item }: ClaimedKey): Promise<void> {
    const { expiresAt, version } = item;
    const claim: Claim = { ...readClaim(item), id, sent: true };
    // Where somebody has taken it over meanwhile, it is theirs to say so.
    await this.#write(item, claim, expiresAt, version);
  }

  /** Its message was refused for good, and the key is as if it never was. */
  async giveBack({ item }: ClaimedKey): Promise<void> {
    await this.#given.table.delete(item, item.version);
  }

  #answer(claim: Claim, content: string): SendResult {
    if (this.#given.conflict === "error" && claim.content !== content) {
      return { ok: false, error: conflict(this.#given.queue, claim.id) };
    }
    return { ok: true, id: claim.id, deduplicated: true };
  }

  async #write(
    { partition, sort }: TableKey,
    claim: Claim,
    expiresAt = claim.at + WINDOW_MS,
    version?: string,
    signal?: AbortSignal,
  ): Promise<ClaimedKey | undefined> {
    const item = { partition, sort, value: JSON.stringify(claim), expiresAt };
    const written = await this.#given.table.put(item, version, signal);
    return written === undefined
      ? undefined
      : { id: claim.id, item: { ...item, version: written } };
  }
}

function readClaim({ value }: TableItem): Claim {
  // Only this class writes to its partition.
  return JSON.parse(value) as Claim;
}

function conflict(queue: string, id: string): AlienError {
  const text = `queue "${queue}" has taken message ${id} under this idempotency key, with another payload`;
  return new AlienError("IDEMPOTENCY_CONFLICT", text, {
    fix: "Use a new key for another payload, or send the same payload again.",
    details: { queue, id },
  });
}

function inProgress(queue: string, leftMs: number): SendResult {
  const text = `another send to queue "${queue}" holds this idempotency key and has not ended`;
  const error = new AlienError("NOT_READY", text, {
    fix: "Send again: the key is taken over a minute after it was claimed.",
    retryable: true,
    details: { queue, retryAfterMs: Math.min(leftMs, LONGEST_ASKED_MS) },
  });
  return { ok: false, error };
}
