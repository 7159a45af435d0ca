import type { Clock } from "../clock.ts";
import type { StateTable, TableKey } from "../table/state-table.ts";
import { digest } from "./digest.ts";

/** An item is at most 256 KiB, and a place about 50 bytes: more than so many of one key are never out at once. */
export const MOST_PLACES = 4_000;
/** Who is refused so often by others' writes comes back a moment later. */
const MOST_TRIES = 8;

/** What a delivery takes a place for. */
export interface Place {
  readonly id: string;
  readonly attempt: number;
  /** When its lease ends, and the place is free again. */
  readonly until: number;
}

/** A delivery that wants a place, and how many there may be with it. */
export interface WantedPlace extends Place {
  readonly limit: number;
}

/** The places of one queue's concurrency keys: who holds one, until when. */
export class KeyPlaces {
  readonly #table: StateTable;
  readonly #queue: string;
  readonly #clock: Clock;

  constructor(table: StateTable, queue: string, clock: Clock) {
    this.#table = table;
    this.#queue = queue;
    this.#clock = clock;
  }

  /** Takes a place for each where there is one, in order; true for each that has it. */
  async take(key: string, wanted: readonly WantedPlace[]): Promise<readonly boolean[]> {
    let got: readonly boolean[] = [];
    const written = await this.#change(key, (places) => {
      // A message is on loan once: where it comes back, its last place is free.
      const held = places.filter(({ id }) => !wanted.some((one) => one.id === id));
      got = wanted.map(({ limit, ...place }) => {
        const free = held.length < Math.min(limit, MOST_PLACES);
        if (free) held.push(place);
        return free;
      });
      return got.includes(true) ? held : undefined;
    });
    return written ? got : wanted.map(() => false);
  }

  /** Gives places back; one that another delivery of the message has taken meanwhile stays. */
  async free(key: string, those: readonly Omit<Place, "until">[]): Promise<void> {
    await this.#change(key, (places) => {
      const held = places.filter((place) => !those.some((one) => isSame(one, place)));
      return held.length < places.length ? held : undefined;
    });
  }

  /** Their leases end later. */
  async extend(key: string, those: readonly Place[]): Promise<void> {
    await this.#change(key, (places) =>
      places.map((place) => those.find((one) => isSame(one, place)) ?? place),
    );
  }

  /** False where others were faster every time. */
  async #change(
    key: string,
    change: (places: readonly Place[]) => readonly Place[] | undefined,
  ): Promise<boolean> {
    const at: TableKey = { partition: `turn/${this.#queue}`, sort: await digest(key) };
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const item = await this.#table.get(at);
      const now = this.#clock.now();
      const there = item === undefined ? [] : placesOf(item.value);
      const next = change(there.filter(({ until }) => until > now));
      if (next === undefined) return true;
      if (next.length === 0) {
        if (item === undefined || (await this.#table.delete(at, item.version))) return true;
        continue;
      }
      const expiresAt = Math.max(...next.map(({ until }) => until));
      const value = JSON.stringify(next.map(({ id, attempt, until }) => [id, attempt, until]));
      if ((await this.#table.put({ ...at, value, expiresAt }, item?.version)) !== undefined) {
        return true;
      }
    }
    return false;
  }
}

function isSame(one: Omit<Place, "until">, other: Place): boolean {
  return one.id === other.id && one.attempt === other.attempt;
}

function placesOf(value: string): Place[] {
  // Only this class writes to its partition.
  const places = JSON.parse(value) as [string, number, number][];
  return places.map(([id, attempt, until]) => ({ id, attempt, until }));
}
