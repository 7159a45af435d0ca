import type { Commit, Participant } from "./commit.ts";
import { nameKey, readU48, table, writeU48 } from "./keys.ts";
import type { Origin } from "./port.ts";

/** A session that has asked nothing for so long will not ask again. */
const FORGET_AFTER_MS = 60 * 60 * 1000;
/** u48 highest request, u48 last use; then, where there is more, u32 pid and u48 start, u48 for each applied alone. */
const PLAIN_ROW = 12;
const LONG_ROW = 22;
/** In place of a process id. */
const NOBODY = 0;

/** The process that a session is of: its number, and when it started, against a later one of the same number. */
export interface Holder {
  readonly pid: number;
  /** In the kernel's own unit; 0 where it does not say. */
  readonly startedAt: number;
}

/** A process waits for few of these at once: only those without an answer are ever repeated. */
const MOST_ALONE = 256;
/** Among those that were applied alone, added to the number of a request that was refused in part. */
const REFUSED = 2 ** 47;

interface Session {
  /** The highest request that was applied. */
  applied: number;
  usedAt: number;
  holder?: Holder;
  /** Requests that were applied out of their order, because they had to wait for a commit of their own, or refused. */
  alone: number[];
}

/** Which requests of each process were applied, so that one repeated to the next owner is not applied again. */
export class SessionBook implements Participant {
  readonly #commit: Commit;
  readonly #isRunning: (holder: Holder) => boolean;
  readonly #sessions = new Map<string, Session>();
  readonly #changed = new Set<string>();

  constructor(commit: Commit, isRunning: (holder: Holder) => boolean = () => false) {
    this.#commit = commit;
    this.#isRunning = isRunning;
  }

  /** Takes over a stored row. */
  restore(key: Buffer, row: Buffer, now: number): void {
    const name = key.toString("latin1", 1);
    const session: Session = { applied: readU48(row, 0), usedAt: readU48(row, 6), alone: [] };
    const pid = row.length > PLAIN_ROW ? row.readUInt32BE(PLAIN_ROW) : NOBODY;
    if (pid !== NOBODY) session.holder = { pid, startedAt: readU48(row, PLAIN_ROW + 4) };
    for (let at = LONG_ROW; at < row.length; at += 6) session.alone.push(readU48(row, at));
    this.#sessions.set(name, session);
    if (session.usedAt + FORGET_AFTER_MS <= now && !this.mayReturn(name)) this.forget(name);
  }

  /** Whose the session is, kept with the commit being built: the next owner asks whether that process lives. */
  attach(name: string, holder: Holder, now: number): void {
    const known = this.#sessions.get(name);
    if (known !== undefined) known.holder = holder;
    else this.#sessions.set(name, { applied: 0, usedAt: now, holder, alone: [] });
    this.#changed.add(name);
    this.#commit.touch(this);
  }

  /** Whether the session's process lives, so that what it has on loan may still be in its hands. */
  mayReturn(name: string): boolean {
    const holder = this.#sessions.get(name)?.holder;
    return holder !== undefined && this.#isRunning(holder);
  }

  /** The number of its process. */
  processOf(name: string): number | undefined {
    return this.#sessions.get(name)?.holder?.pid;
  }

  /** Answers false where the request was applied before; else remembers it with the commit being built. */
  apply({ session, request }: Origin, now: number): boolean {
    const known = this.#sessions.get(session);
    if (known !== undefined && request <= known.applied) return false;
    if (known === undefined) {
      this.#sessions.set(session, { applied: request, usedAt: now, alone: [] });
    } else {
      known.applied = request;
      known.usedAt = now;
    }
    this.#changed.add(session);
    this.#commit.touch(this);
    return true;
  }

  /** Whether a request that runs alone was applied before. Later ones may have been, and say nothing about it. */
  wasAppliedAlone({ session, request }: Origin): boolean {
    return this.#sessions.get(session)?.alone.includes(request) === true;
  }

  /** Whether some of a request was refused when it was applied. */
  wasRefused({ session, request }: Origin): boolean {
    return this.#sessions.get(session)?.alone.includes(request + REFUSED) === true;
  }

  /** Remembers that with the commit being built. */
  refused({ session, request }: Origin, now: number): void {
    this.appliedAlone({ session, request: request + REFUSED }, now);
  }

  /** Remembers it with the commit being built, which must be its own. */
  appliedAlone({ session, request }: Origin, now: number): void {
    const known = this.#sessions.get(session) ?? { applied: 0, usedAt: now, alone: [] };
    known.usedAt = now;
    known.alone.push(request);
    if (known.alone.length > MOST_ALONE) known.alone.shift();
    this.#sessions.set(session, known);
    this.#changed.add(session);
    this.#commit.touch(this);
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
      const { holder, alone } = session;
      const plain = holder === undefined && alone.length === 0;
      const row = Buffer.allocUnsafe(plain ? PLAIN_ROW : LONG_ROW + 6 * alone.length);
      writeU48(row, session.applied, 0);
      writeU48(row, session.usedAt, 6);
      if (!plain) {
        row.writeUInt32BE(holder?.pid ?? NOBODY, PLAIN_ROW);
        writeU48(row, holder?.startedAt ?? 0, PLAIN_ROW + 4);
        for (const [index, request] of alone.entries()) {
          writeU48(row, request, LONG_ROW + 6 * index);
        }
      }
      this.#commit.batch.put(key, row);
    }
    this.#changed.clear();
  }
}
