import type { Clock } from "@alienplatform/bindings";
import type { ServiceBusConnection } from "../client.ts";
import { isNoSession } from "../errors.ts";
import { HeldSession } from "./held-session.ts";
import type { Patience } from "./patience.ts";

/**
 * How many sessions one receiver holds, and asks for, at once. Each is a link, of which a connection has 5,000:
 * https://learn.microsoft.com/azure/service-bus-messaging/service-bus-quotas
 */
const MOST_HELD = 1_000;

/** After so many messages of one session in a row others have their turn. */
const TURN = 100;

export interface SessionPoolOptions {
  readonly connection: ServiceBusConnection;
  readonly path: string;
  readonly clock: Clock;
  readonly lockMs: number;
  /** How long a session is kept for the next taker; and where Service Bus refused at once, when it is asked again. */
  readonly glanceMs: number;
  readonly pause: (ms: number) => Promise<void>;
}

interface Waiter {
  readonly give: (session: HeldSession | undefined) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * The sessions of one receiver: those it holds, those it has asked for, and who waits for one. What was asked for
 * cannot be taken back (the SDK hears of an abort when the session is there), so the next one who waits gets it.
 */
export class SessionPool {
  readonly #given: SessionPoolOptions;
  readonly #held = new Set<HeldSession>();
  readonly #idle: HeldSession[] = [];
  readonly #waiters: Waiter[] = [];
  /** What has been asked for, and what ends it. */
  readonly #accepting = new Set<AbortController>();
  #closed = false;
  /** Whether it asks for as many sessions as are waited for: not while there are none. */
  #eager = true;

  constructor(options: SessionPoolOptions) {
    this.#given = options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** A session of which nothing is on loan, or undefined when whoever waits has no more patience. */
  acquire(patience: Patience): Promise<HeldSession | undefined> {
    if (this.closed || patience.isOver) return Promise.resolve(undefined);
    const idle = this.#idle.shift();
    if (idle !== undefined) {
      idle.rest();
      return Promise.resolve(idle);
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#waiters.splice(this.#waiters.indexOf(waiter), 1);
        resolve(undefined);
      };
      const stay = patience.whenOver(leave);
      const waiter: Waiter = {
        give: (session) => {
          stay();
          resolve(session);
        },
        fail: (error) => {
          stay();
          reject(error);
        },
      };
      this.#waiters.push(waiter);
      this.#ask();
    });
  }

  /** A wait has ended without any. */
  disappointed(): void {
    this.#eager = false;
  }

  /** Nothing of the session is on loan any more. */
  putBack(session: HeldSession): void {
    session.rest();
    if (session.isClosed || this.closed || session.served >= TURN) {
      void this.drop(session);
      return;
    }
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      waiter.give(session);
      return;
    }
    this.#idle.push(session);
    const { pause, glanceMs } = this.#given;
    const { served } = session;
    void pause(glanceMs).then(() => {
      if (session.served === served && this.#idle.includes(session)) void this.drop(session);
    });
  }

  /** Keeps the session, and everybody from its messages, until then. */
  holdBack(session: HeldSession, until: number): void {
    if (this.closed) {
      void this.drop(session);
      return;
    }
    session.keep();
    session.after(until - this.#given.clock.now(), () => this.putBack(session));
  }

  async drop(session: HeldSession): Promise<void> {
    this.#held.delete(session);
    const index = this.#idle.indexOf(session);
    if (index !== -1) this.#idle.splice(index, 1);
    await session.close();
    this.#ask();
  }

  /** Gives back what is held and not on loan. */
  async close(isLent: (session: HeldSession) => boolean): Promise<void> {
    this.#closed = true;
    for (const accepting of this.#accepting) accepting.abort();
    for (const waiter of this.#waiters.splice(0)) waiter.give(undefined);
    const free = [...this.#held].filter((session) => !isLent(session));
    await Promise.all(free.map((session) => this.drop(session)));
  }

  #ask(): void {
    const most = this.#eager ? this.#waiters.length : Math.min(1, this.#waiters.length);
    while (
      !this.closed &&
      this.#accepting.size < most &&
      this.#held.size + this.#accepting.size < MOST_HELD
    ) {
      void this.#accept();
    }
  }

  async #accept(): Promise<void> {
    const { connection, path, clock, lockMs, glanceMs, pause } = this.#given;
    const askedAt = performance.now();
    const accepting = new AbortController();
    this.#accepting.add(accepting);
    try {
      const connected = await connection.connected();
      const receiver = await connected.answer(() =>
        connected.client.acceptNextSession(path, {
          maxAutoLockRenewalDurationInMs: 0,
          skipParsingBodyAsJson: true,
          abortSignal: accepting.signal,
        }),
      );
      const session = new HeldSession(receiver, connected, clock, lockMs);
      this.#held.add(session);
      this.#eager = true;
      this.putBack(session);
    } catch (error) {
      if (!isNoSession(error)) for (const waiter of this.#waiters.splice(0)) waiter.fail(error);
      else if (performance.now() - askedAt < glanceMs) await pause(glanceMs);
    }
    this.#accepting.delete(accepting);
    this.#ask();
  }
}
