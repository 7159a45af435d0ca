import type { Clock } from "../clock.ts";
import { pause } from "../pause.ts";
import type { Batcher, Sink } from "./batcher.ts";
import { Pace } from "./pace.ts";
import { isThrottled, repeatDelay, restDelay } from "./repeat-delay.ts";
import { type Accepted, callOnce, type ItemsCall, type Refused } from "./retry.ts";
import { type Waiting, WaitingLine } from "./waiting-line.ts";

export interface GatheringBatcherOptions<Item, Ok extends Accepted> {
  readonly maxItems: number;
  readonly maxBytes: number;
  /** Calls at once. */
  readonly inFlight: number;
  /** How long what comes while calls are under way waits for company. */
  readonly lingerMs: number;
  readonly call: ItemsCall<Item, Ok>;
  readonly clock: Clock;
  readonly random: () => number;
  /** Items of one group go out in order, one batch at a time. */
  readonly groupOf?: ((item: Item) => string | undefined) | undefined;
  /** Told how many are on their way: at once, since they go out by themselves. */
  readonly onBegun?: ((count: number) => void) | undefined;
}

interface Entry<Item, Result> extends Waiting {
  readonly item: Item;
  readonly sink: Sink<Result>;
  readonly position: number;
  /** How many calls it was in. */
  calls: number;
}

/**
 * Few calls where each one is paid for. What comes while nothing is under way goes out at once; what comes while
 * calls are under way waits until a batch is full, the last call is back, or a moment has passed. What failed for a
 * passing reason is called again alone, and holds up nobody but its group. A service that throttles is left alone
 * for a while, and called less.
 */
export class GatheringBatcher<Item, Ok extends Accepted> implements Batcher<Item, Ok | Refused> {
  readonly #given: GatheringBatcherOptions<Item, Ok>;
  readonly #line = new WaitingLine<Entry<Item, Ok | Refused>>();
  readonly #pace: Pace;
  #underWay = 0;
  /** Those that wait to be called again. */
  #failed = 0;
  /** So many have waited long enough. */
  #due = 0;
  /** Whether somebody awaits one of those that wait: then they go as soon as nothing is under way. */
  #awaited = false;
  /** How long those may wait that came since the last look. */
  #patienceMs = Number.POSITIVE_INFINITY;
  #timerAt = Number.POSITIVE_INFINITY;
  #cancelTimer: () => void = () => undefined;
  #looking = false;
  /** While there are any, nothing waits for company. */
  #onIdle: (() => void)[] = [];

  constructor(options: GatheringBatcherOptions<Item, Ok>) {
    this.#given = options;
    this.#pace = new Pace(options.inFlight);
  }

  add(item: Item, bytes: number, sink: Sink<Ok | Refused>, position: number, patienceMs = 0): void {
    const { groupOf, lingerMs, onBegun } = this.#given;
    this.#line.push({ item, bytes, group: groupOf?.(item), sink, position, calls: 0 });
    if (patienceMs === 0) this.#awaited = true;
    this.#patienceMs = Math.min(this.#patienceMs, patienceMs === 0 ? lingerMs : patienceMs);
    onBegun?.(1);
    this.#lookSoon();
  }

  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.#onIdle.push(resolve);
      this.#look();
    });
  }

  /** At the end of the turn, so that all who come in it, or go on now that a call is back, come together. */
  #lookSoon(): void {
    if (this.#looking) return;
    this.#looking = true;
    queueMicrotask(() => {
      this.#looking = false;
      this.#look();
    });
  }

  #look(): void {
    const { maxItems, maxBytes, lingerMs } = this.#given;
    let began = false;
    while (this.#line.ready > 0 && this.#pace.allows(this.#underWay) && this.#mayGo()) {
      const batch = this.#line.take(maxItems, maxBytes);
      this.#due = Math.max(0, this.#due - batch.length);
      void this.#call(batch);
      began = true;
    }
    if (this.#line.waiting === 0) this.#rest();
    else {
      // What is left came last.
      if (began) this.#stopTimer();
      this.#wakeIn(began ? Math.min(lingerMs, this.#patienceMs) : this.#patienceMs);
    }
    this.#patienceMs = Number.POSITIVE_INFINITY;
  }

  #mayGo(): boolean {
    const { maxItems, maxBytes } = this.#given;
    const alone = this.#awaited && this.#underWay === 0;
    const flushing = this.#onIdle.length > 0;
    return alone || flushing || this.#due > 0 || this.#line.fills(maxItems, maxBytes);
  }

  async #call(batch: readonly Entry<Item, Ok | Refused>[]): Promise<void> {
    const wanted = batch.filter(({ sink }) => sink.gone !== true);
    if (wanted.length === 0) {
      this.#line.done(batch, []);
      return this.#lookSoon();
    }
    const signal = endOf(wanted);
    this.#underWay++;
    const items = wanted.map(({ item }) => item);
    const results = await callOnce(items, this.#given.call, signal);
    this.#underWay--;
    this.#answer(batch, wanted, results);
    this.#lookSoon();
  }

  #answer(
    batch: readonly Entry<Item, Ok | Refused>[],
    wanted: readonly Entry<Item, Ok | Refused>[],
    results: readonly (Ok | Refused)[],
  ): void {
    const failed: Entry<Item, Ok | Refused>[] = [];
    let delayMs = 0;
    let throttled = false;
    for (const [index, entry] of wanted.entries()) {
      const result = results[index] as Ok | Refused; // one per item
      entry.calls++;
      const again = this.#again(entry, result);
      if (again === undefined) entry.sink.settle(entry.position, result);
      else failed.push(entry);
      const refused = !result.ok && isThrottled(result.error);
      throttled ||= refused;
      delayMs = Math.max(delayMs, again ?? (refused ? restDelay(result.error) : 0));
    }
    const held = new Set(failed.map(({ group }) => group));
    const ended = held.size === 0 ? batch : batch.filter(({ group }) => !held.has(group));
    this.#line.done(ended, []);
    if (!throttled) this.#pace.taken();
    if (delayMs > 0 || failed.length > 0) void this.#repeat(failed, delayMs, throttled);
  }

  #again({ sink, calls }: Entry<Item, Ok | Refused>, result: Ok | Refused): number | undefined {
    if (result.ok || sink.gone) return undefined;
    return repeatDelay(result.error, calls, this.#given.random);
  }

  async #repeat(
    failed: readonly Entry<Item, Ok | Refused>[],
    delayMs: number,
    throttled: boolean,
  ): Promise<void> {
    if (throttled) this.#pace.refused();
    this.#failed += failed.length;
    await pause(this.#given.clock, delayMs);
    this.#failed -= failed.length;
    if (throttled) this.#pace.rested();
    this.#line.done(failed, failed);
    this.#due += failed.length;
    this.#lookSoon();
  }

  /** Nothing waits. */
  #rest(): void {
    this.#stopTimer();
    this.#due = 0;
    this.#awaited = false;
    if (this.#underWay > 0 || this.#failed > 0) return;
    for (const resolve of this.#onIdle.splice(0)) resolve();
  }

  #wakeIn(delayMs: number): void {
    const { clock } = this.#given;
    const at = clock.now() + delayMs;
    if (at >= this.#timerAt) return;
    this.#stopTimer();
    this.#timerAt = at;
    this.#cancelTimer = clock.schedule(delayMs, () => {
      this.#timerAt = Number.POSITIVE_INFINITY;
      this.#due = this.#line.waiting;
      this.#look();
    });
  }

  #stopTimer(): void {
    this.#cancelTimer();
    this.#timerAt = Number.POSITIVE_INFINITY;
  }
}

/** What ends a call when all its items have left it; undefined where somebody stays to the end. */
function endOf(
  entries: readonly Pick<Entry<unknown, never>, "sink" | "position">[],
): AbortSignal | undefined {
  if (entries.every(({ sink }) => sink.begun === undefined)) return undefined;
  const end = new AbortController();
  let staying = entries.length;
  const leave = () => {
    if (--staying === 0) end.abort();
  };
  for (const { sink, position } of entries) sink.begun?.(position, leave);
  return entries.every(({ sink }) => sink.begun !== undefined) ? end.signal : undefined;
}
