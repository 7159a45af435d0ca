import { AmqpFailure, ticks } from "./encoding.ts";
import type { Entry } from "./entry.ts";
import type { WireLink } from "./wire-link.ts";
import type { WireQueue } from "./wire-queue.ts";

interface Session {
  owner: WireLink | undefined;
  until: number;
  state: unknown;
  cancel: () => void;
}

interface Waiting {
  /** Undefined asks for the next one. */
  readonly id: string | undefined;
  readonly cancel: () => void;
}

const FILTER = "com.microsoft:session-filter";

/** The sessions of one queue: who has which, and who waits for the next. */
export class WireSessions {
  readonly #queue: WireQueue;
  readonly #sessions = new Map<string, Session>();
  readonly #waiting = new Map<WireLink, Waiting>();

  constructor(queue: WireQueue) {
    this.#queue = queue;
  }

  /** The link, whose attach is held back, asks for a session: this one, or the next that has something ready. */
  ask(link: WireLink, id: string | undefined, timeoutMs: number): void {
    if (id !== undefined) {
      if (this.#of(id).owner === undefined) this.#give(link, id);
      else {
        const text = `The requested session '${id}' cannot be accepted. It may be locked by another receiver.`;
        link.refuse(new AmqpFailure("com.microsoft:session-cannot-be-locked", text).error);
      }
      return;
    }
    const cancel = this.#queue.clock.schedule(timeoutMs, () => {
      this.#waiting.delete(link);
      const text = "The operation did not complete within the allotted time.";
      link.refuse(new AmqpFailure("com.microsoft:timeout", text).error);
    });
    this.#waiting.set(link, { id, cancel });
    this.#queue.pump();
  }

  /** Gives sessions that have something ready to those who wait. */
  grant(): void {
    for (const [link, { cancel }] of [...this.#waiting]) {
      const next = this.#queue.entries.find((entry) => this.#isFree(entry));
      if (next === undefined) return;
      cancel();
      this.#waiting.delete(link);
      this.#give(link, String(next.message.group_id));
    }
  }

  lockedUntil(id: string): number {
    return this.#of(id).until;
  }

  renew(id: string): number {
    const session = this.#held(id);
    session.until = this.#queue.clock.now() + this.#queue.options.lockMs;
    return session.until;
  }

  stateOf(id: string): unknown {
    return this.#held(id).state;
  }

  setState(id: string, state: unknown): void {
    this.#held(id).state = state;
  }

  /** Without its link a session is free, and what was lent out is back, not counted: Microsoft's page on sessions says so. */
  leave(link: WireLink): void {
    this.#waiting.get(link)?.cancel();
    this.#waiting.delete(link);
    this.#release(link, (entry) => {
      entry.lock = undefined;
    });
  }

  #release(link: WireLink, giveBack: (entry: Entry) => void): void {
    if (link.sessionId === undefined) return;
    const session = this.#of(link.sessionId);
    if (session.owner !== link) return;
    session.cancel();
    session.owner = undefined;
    for (const entry of [...this.#queue.entries]) if (entry.lock?.link === link) giveBack(entry);
  }

  #give(link: WireLink, id: string): void {
    const { clock, options, links } = this.#queue;
    const session = this.#of(id);
    session.owner = link;
    session.until = clock.now() + options.lockMs;
    link.sessionId = id;
    this.#watch(link, session);
    const properties = { "com.microsoft:locked-until-utc": ticks(session.until) };
    link.attach({ [FILTER]: id }, properties);
    links.add(link);
  }

  /** The end of a session's lock counts as a delivery for what was lent out. */
  #watch(link: WireLink, session: Session): void {
    const { clock } = this.#queue;
    session.cancel = clock.schedule(session.until - clock.now(), () => {
      if (session.owner !== link) return;
      if (session.until > clock.now()) return this.#watch(link, session);
      this.#queue.links.delete(link);
      this.#release(link, (entry) => this.#queue.countFailure(entry));
      link.close(this.#queue.lockLost().error);
      this.#queue.pump();
    });
  }

  #isFree(entry: Entry): boolean {
    if (!this.#queue.ready(entry)) return false;
    return this.#sessions.get(String(entry.message.group_id))?.owner === undefined;
  }

  #held(id: string): Session {
    const session = this.#of(id);
    if (session.owner !== undefined) return session;
    throw new AmqpFailure("com.microsoft:session-lock-lost", "The session lock has expired.");
  }

  #of(id: string): Session {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const session = { owner: undefined, until: 0, state: undefined, cancel: () => undefined };
    this.#sessions.set(id, session);
    return session;
  }
}
