import { type Clock, pause } from "@alienplatform/bindings";
import type { ActivityEvent } from "@alienplatform/bindings/operate";
import { iso } from "../json.ts";
import type { Operations } from "../operations/operations.ts";
import { operationView } from "../routes/operations.ts";
import type { Served } from "../served.ts";
import type { QueueView } from "../view/queue.ts";
import type { Feed } from "./feed.ts";
import type { Sampler } from "./sampler.ts";

const MOST_EVENTS = 200;
/** Between two looks: a queue that is busy would otherwise be asked all the time. */
const PAUSE_MS = 250;
const RETRY_MS = 2_000;

/** Feeds what happens into a feed, while somebody listens. */
export class Sources {
  readonly #served: Served;
  readonly #feed: Feed;
  readonly #sampler: Sampler;
  readonly #operations: Operations;
  readonly #clock: Clock;
  readonly #told = new Map<string, string>();
  readonly #bound = new Map<string, string>();
  readonly #watched = new Set<string>();
  #running: AbortController | undefined;

  constructor(served: Served, feed: Feed, sampler: Sampler, operations: Operations, clock: Clock) {
    this.#served = served;
    this.#feed = feed;
    this.#sampler = sampler;
    this.#operations = operations;
    this.#clock = clock;
  }

  start(): void {
    if (this.#running !== undefined) return;
    const running = new AbortController();
    this.#running = running;
    const ends = [
      this.#sampler.listen((views) => this.#looked(views, running.signal)),
      this.#operations.listen((operation) =>
        this.#feed.add(`operation ${operation.id}`, {
          name: "operation",
          queue: operation.queue,
          data: operationView(operation),
        }),
      ),
    ];
    running.signal.addEventListener("abort", () => {
      for (const end of ends) end();
    });
    // Not from the first look on, which may be a second away: what happens until then would be told to nobody.
    for (const { id } of this.#served.all()) this.#follow(id, running.signal);
  }

  /** Nobody listens: a queue that nobody watches costs nothing. */
  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
    this.#watched.clear();
    this.#told.clear();
  }

  #looked(views: readonly QueueView[], signal: AbortSignal): void {
    for (const view of views) {
      const text = JSON.stringify(view);
      if (this.#told.get(view.id) !== text) {
        this.#told.set(view.id, text);
        this.#feed.add(`stats ${view.id}`, { name: "stats", queue: view.id, data: view });
      }
      const bound = JSON.stringify([view.consumer, view.paused]);
      const before = this.#bound.get(view.id);
      this.#bound.set(view.id, bound);
      if (before !== undefined && before !== bound) {
        const { id: queue, consumer, boundBy, paused } = view;
        const data = { queue, function: consumer, boundBy, paused };
        this.#feed.add(`bindings ${queue}`, { name: "bindings", queue, data });
      }
      this.#follow(view.id, signal);
    }
  }

  #follow(queue: string, signal: AbortSignal): void {
    if (this.#watched.has(queue)) return;
    this.#watched.add(queue);
    void this.#watch(queue, signal);
  }

  /** What happens to single messages, where the platform tells. */
  async #watch(queue: string, signal: AbortSignal): Promise<void> {
    let after: string | undefined;
    while (!signal.aborted) {
      try {
        const inspector = await this.#served.operations(queue).inspector();
        if (inspector === undefined) return;
        const { cursor, events, skipped } = await inspector.activity(after, signal);
        after = cursor;
        const data = { queue, events: events.map(eventView), skipped };
        if (events.length + skipped > 0) {
          this.#feed.add(`activity ${queue}`, { name: "activity", queue, data }, merged);
        }
        await pause(this.#clock, PAUSE_MS, signal);
      } catch {
        // The queue is gone from alien.ts, or its store is away for now: the next look tells.
        if (signal.aborted || !this.#served.all().some(({ id }) => id === queue)) break;
        await pause(this.#clock, RETRY_MS, signal);
      }
    }
    if (!signal.aborted) this.#watched.delete(queue);
  }
}

interface Activities {
  readonly queue: string;
  readonly events: readonly object[];
  readonly skipped: number;
}

/** The latest of both, as many as a page can show. */
function merged(before: unknown, now: unknown): Activities {
  // Both are what #watch() adds.
  const [one, other] = [before as Activities, now as Activities];
  const all = [...one.events, ...other.events];
  const events = all.slice(-MOST_EVENTS);
  const skipped = one.skipped + other.skipped + all.length - events.length;
  return { queue: other.queue, events, skipped };
}

function eventView({ at, ...event }: ActivityEvent) {
  return { ...event, at: iso(at) };
}
