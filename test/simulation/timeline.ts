import type { Chance } from "./chance.ts";

interface Event {
  readonly at: number;
  /** Decides, by chance, among those of one millisecond. */
  readonly tie: number;
  readonly order: number;
  readonly what: string;
  readonly run: () => void;
  cancelled: boolean;
}

/**
 * The time of a simulated world in whole milliseconds. Nothing happens in it but what was scheduled; all
 * that an event sets off without waiting is over before the next one. The digest says what happened.
 */
export class Timeline {
  readonly #chance: Chance;
  readonly #heap: Event[] = [];
  #now = 0;
  #order = 0;
  #digest = 0x811c9dc5;
  #events = 0;
  /** Told of every event; for traces. */
  onEvent: ((at: number, what: string) => void) | undefined;

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  get now(): number {
    return this.#now;
  }

  get events(): number {
    return this.#events;
  }

  /** Of everything that has happened so far, in order. */
  get digest(): string {
    return (this.#digest >>> 0).toString(16).padStart(8, "0");
  }

  /** Adds something that happened to the digest. */
  note(what: string): void {
    let digest = this.#digest;
    for (let index = 0; index < what.length; index++) {
      digest = Math.imul(digest ^ what.charCodeAt(index), 0x01000193);
    }
    this.#digest = Math.imul(digest ^ this.#now, 0x01000193);
    this.onEvent?.(this.#now, what);
  }

  /** Runs something once after so many milliseconds; the result cancels it. */
  after(delayMs: number, what: string, run: () => void): () => void {
    const at = this.#now + Math.max(0, Math.ceil(delayMs));
    const event = {
      at,
      tie: this.#chance.next(),
      order: this.#order++,
      what,
      run,
      cancelled: false,
    };
    this.#push(event);
    return () => {
      event.cancelled = true;
    };
  }

  pause(delayMs: number, what: string): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, what, resolve);
    });
  }

  /** Lets time go by until `done`; throws where nothing is left to happen before, or too much has. */
  async run(done: () => boolean, mostEvents: number): Promise<void> {
    await settled();
    while (!done()) {
      const event = this.#pop();
      if (event === undefined) throw new Error(`nothing happens any more at ${this.#now} ms`);
      if (event.cancelled) continue;
      if (++this.#events > mostEvents) throw new Error(`more than ${mostEvents} events`);
      this.#now = event.at;
      this.note(event.what);
      event.run();
      await settled();
    }
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const up = (at - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || !before(event, parent)) break;
      heap[at] = parent;
      at = up;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child =
        left !== undefined && right !== undefined && before(right, left) ? 2 * at + 2 : 2 * at + 1;
      const below = heap[child];
      if (below === undefined || !before(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

function before(a: Event, b: Event): boolean {
  if (a.at !== b.at) return a.at < b.at;
  if (a.tie !== b.tie) return a.tie < b.tie;
  return a.order < b.order;
}

/** A turn of the event loop begins when all promise chains and ticks of the last one are through. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
