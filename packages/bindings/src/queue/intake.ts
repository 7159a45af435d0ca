import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import type { Delivery, Receiver } from "./driver.ts";
import type { Gathering } from "./gathering.ts";
import { askedFor } from "./repeat-delay.ts";
import { Room } from "./room.ts";

const POLL_MS = 20_000;
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** A full take that is decided within this time earns the next ones their messages ahead. */
const QUICK_MS = 100;
/** What is taken ahead is what the handlers get through in about this time, */
const AHEAD_MS = 50;
/** and never more than this. */
const AHEAD_MESSAGES = 1_000;

/** What one take brought. */
export interface Batch {
  readonly takenAt: number;
  /** As many as were asked for: there may be more. */
  readonly full: boolean;
  readonly size: number;
  /** Not yet decided. */
  left: number;
}

export interface IntakeOptions {
  readonly open: () => Promise<Receiver>;
  /** Handlers at once. */
  readonly concurrency: number;
  /** Whether messages may wait here for a handler. */
  readonly ahead: boolean;
  /** Messages of one take. */
  readonly most: number;
  /** Where each take is paid for: then it takes as many at once as it can. */
  readonly gathering: Gathering;
  readonly clock: Clock;
  readonly random: () => number;
  readonly onTaken: (deliveries: readonly Delivery[], batch: Batch) => void;
  /** A take that failed. The next one follows after a pause. */
  readonly onError: (error: unknown) => void;
}

/**
 * Takes messages as handlers get free. While takes come back full and are decided quickly it takes ahead,
 * two takes at once, so that handlers do not wait for the way to the platform; slow handlers hold nothing. Over a
 * network it waits a moment for room for a full take, and takes several at once only while they come back full.
 */
export class Intake {
  readonly #given: IntakeOptions;
  readonly #stop = new AbortController();
  #receiver: Receiver | undefined;
  /** Takes under way, and how many messages they ask for. */
  #takes = 0;
  #asked = 0;
  /** Taken and not yet decided. */
  #held = 0;
  /** Decided and not yet known to be settled. */
  #settling = 0;
  /** How many may be held beyond the handlers. */
  #ahead = 0;
  #failures = 0;
  /** The last take came back full. */
  #plenty = false;
  readonly #room: Room | undefined;
  #whenStopped: (() => void) | undefined;

  constructor(options: IntakeOptions) {
    const { gathering, clock } = options;
    this.#given = options;
    if (gathering === undefined) return;
    this.#room = new Room({ clock, lingerMs: gathering.lingerMs, onDue: () => this.pump() });
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Of what was taken; undefined before the first take. */
  get receiver(): Receiver | undefined {
    return this.#receiver;
  }

  /** Takes what there is room for. */
  pump(): void {
    while (!this.stopped && this.#takes < this.#takesAtOnce()) {
      const asked = this.#next();
      if (asked <= 0) return;
      this.#room?.filled();
      this.#takes++;
      this.#asked += asked;
      void this.#take(asked);
    }
    if (this.stopped && this.#takes === 0) this.#whenStopped?.();
  }

  /** Resolves when no take is under way. */
  async stop(): Promise<void> {
    const stopped = new Promise<void>((resolve) => {
      this.#whenStopped = resolve;
    });
    this.#stop.abort();
    this.#room?.filled();
    this.pump();
    await stopped;
  }

  /** One message of the batch has been decided. */
  decided(batch: Batch): void {
    batch.left--;
    this.#room?.took(this.#given.clock.now() - batch.takenAt);
    if (batch.left > 0 || !batch.full || !this.#given.ahead) return;
    const took = this.#given.clock.now() - batch.takenAt;
    const pace = batch.size / Math.max(1, took);
    // Less than nothing: the clock was set back, and nobody knows.
    const quick = took >= 0 && took <= QUICK_MS;
    this.#ahead = quick ? Math.min(AHEAD_MESSAGES, Math.floor(pace * AHEAD_MS)) : 0;
  }

  /** These are on their way to the platform: they make room at once, so that settling and taking overlap. */
  settling(count: number): void {
    this.#held -= count;
    this.#settling += count;
    this.pump();
  }

  settled(): void {
    this.#settling--;
    this.pump();
  }

  /** One message was lost: there is nothing to settle. */
  lost(): void {
    this.#held--;
    this.pump();
  }

  /** Nothing is taken ahead before the handlers are seen to be quick again. */
  slowDown(): void {
    this.#ahead = 0;
  }

  #takesAtOnce(): number {
    if (this.#ahead > 0) return 2;
    return this.#plenty ? (this.#given.gathering?.inFlight ?? 1) : 1;
  }

  /** How many to ask for now. */
  #next(): number {
    const { concurrency, most } = this.#given;
    const limit = concurrency + this.#ahead;
    const held = this.#held + this.#asked;
    // Decided ones cannot pile up without an end.
    const pile = this.#room === undefined ? limit : Math.max(limit, 3 * most);
    const room = Math.min(limit - held, limit + pile - held - this.#settling);
    if (this.#ahead > 0) {
      const half = Math.min(most, Math.ceil(limit / 2));
      // While there is work here it asks for much at once or not at all.
      return room < half && held > concurrency ? 0 : Math.min(room, half);
    }
    const full = Math.min(concurrency, most);
    if (this.#room === undefined || room >= full || held === 0) return Math.min(room, full);
    return room > 0 && this.#takes === 0 && this.#room.isDue() ? room : 0;
  }

  async #take(asked: number): Promise<void> {
    const { open, clock, onTaken } = this.#given;
    // Ahead it takes only what is there already: what comes later may be for others. One take at a time waits.
    const waitMs = this.#ahead > 0 || this.#takes > 1 ? 0 : POLL_MS;
    let deliveries: readonly Delivery[] = [];
    try {
      this.#receiver ??= await open();
      deliveries = await this.#receiver.take(asked, waitMs, this.#stop.signal);
      this.#failures = 0;
    } catch (error) {
      await this.#recover(error);
    }
    this.#takes--;
    this.#asked -= asked;
    this.#held += deliveries.length;
    const size = deliveries.length;
    const full = size === asked;
    if (!full) this.#ahead = 0;
    this.#plenty = full;
    if (size > 0) onTaken(deliveries, { takenAt: clock.now(), full, size, left: size });
    this.pump();
  }

  async #recover(error: unknown): Promise<void> {
    const { clock, random, onError } = this.#given;
    this.#ahead = 0;
    onError(error);
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    const asked =
      error instanceof AlienError ? Math.min(LONGEST_PAUSE_MS, askedFor(error) ?? 0) : 0;
    await pause(clock, Math.max(asked, (longest * (1 + random())) / 2), this.#stop.signal);
  }
}
