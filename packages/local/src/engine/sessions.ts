import type { Commit, Participant } from "./commit.ts";
import { nameKey, readU48, table, writeU48 } from "./keys.ts";
import type { Origin } from "./port.ts";

/** A session that has asked nothing for so long will not ask again. */
const FORGET_AFTER_MS = 60 * 60 * 1000;

interface Session {
  /** The highest request that was applied. */
  applied: number;
  usedAt: number;
}

/** Which requests of each process were applied, so that one repeated to the next owner is not applied again. */
export class SessionBook implements Participant {
  readonly #commit: Commit;
  readonly #sessions = new Map<string, Session>();
  readonly #changed = new Set<string>();

  constructor(commit: Commit) {
    this.#commit = commit;
  }

  /** Takes over a stored row. */
  restore(key: Buffer, row: Buffer, now: number): void {
    const name = key.toString("latin1", 1);
    const usedAt = readU48(row, 6);
    if (usedAt + FORGET_AFTER_MS > now)
      this.#sessions.set(name, { applied: readU48(row, 0), usedAt });
    else this.forget(name);
  }

  /** Answers false where the request was applied before; else remembers it with the commit being built. */
  apply({ session, request }: Origin, now: number): boolean {
    const known = this.#sessions.get(session);
    if (known !== undefined && request <= known.applied) return false;
    if (known === undefined) this.#sessions.set(session, { applied: request, usedAt: now });
    else {
      known.applied = request;
      known.usedAt = now;
    }
    this.#changed.add(session);
    this.#commit.touch(this);
    return true;
  }

  /** The process said goodbye: it repeats nothing. */
  forget(session: string): void {
    this.#sessions.delete(session);
    this.#changed.add(session);
    this.#commit.touch(this);
  }

  seal(): void {
    for (const name of this.#changed) {
      const key = nameKey(table.session, name);
      const session = this.#sessions.get(name);
      if (session === undefined) {
        this.#commit.batch.del(key);
        continue;
      }
      const row = Buffer.allocUnsafe(12);
      writeU48(row, session.applied, 0);
      writeU48(row, session.usedAt, 6);
      this.#commit.batch.put(key, row);
    }
    this.#changed.clear();
  }
}
