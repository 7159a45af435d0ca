import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { QueueOptions } from "../queue/binding.ts";
import type {
  DeadLetter,
  DeadLetterImport,
  DeadLetterOperator,
  DeadLetterQuery,
  DeadLetterSweep,
  SweptPage,
} from "../queue/dead-letter.ts";
import { matchesDeadLetter } from "../queue/dead-letter-filter.ts";
import { deathOf } from "../queue/death.ts";
import type {
  Delivery,
  Headers,
  Outgoing,
  QueueDriver,
  Receiver,
  SendResult,
  SettleResult,
} from "../queue/driver.ts";
import { byDeath } from "./by-death.ts";
import { LetterChanges, type Replacement } from "./letter-changes.ts";
import { toDeadLetter, toOutgoing } from "./letter-of-delivery.ts";
import { MOST_LOOKED_AT, openLook } from "./look.ts";
import { orRefusal, resultOf } from "./refusal.ts";
import { sweepTaken } from "./sweep-taken.ts";

export interface TakenDeadLettersOptions {
  /** The queue that the letters came from, and what sends to it. */
  readonly queue: string;
  readonly source: QueueDriver;
  /** What reads the sibling queue in which they are. */
  readonly dead: QueueDriver;
  readonly options: QueueOptions;
  readonly clock: Clock;
  readonly random: () => number;
  /** How long an empty answer is waited for before it counts as the end; 0 where a service answers from all it has. */
  readonly waitMs: number;
  /** Letters as they are, for a service that can show them without a loan; undefined where it cannot show them all. */
  readonly look?: (() => Promise<readonly Delivery[] | undefined>) | undefined;
}

/**
 * Dead letters of a service that keeps them in an ordinary queue: each look takes what is there on loan, for its own
 * moment, and gives back what it did not change. Who looks at the same time sees less. Every change sends first and
 * removes then, so a crash may leave a letter twice and never loses one.
 */
export class TakenDeadLetters implements DeadLetterOperator {
  readonly #given: TakenDeadLettersOptions;
  /** When the letters that a page ended with died: where to go on, also where they are gone. */
  readonly #pageEnds = new Map<string, number>();
  readonly #changes: LetterChanges;

  constructor(given: TakenDeadLettersOptions) {
    this.#given = given;
    this.#changes = new LetterChanges(given);
  }

  async deadLetters({ filter, limit, after }: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    const now = this.#given.clock.now();
    const letters = (await this.#all())
      .filter((letter) => filter === undefined || matchesDeadLetter(letter, filter, now))
      .sort(byDeath);
    const start =
      after === undefined ? undefined : { id: after, deadAt: this.#diedAt(after, letters) };
    const rest = start === undefined ? letters : letters.filter((one) => byDeath(one, start) > 0);
    const page = rest.slice(0, limit);
    const last = page.at(-1);
    if (last !== undefined) this.#pageEnds.set(last.id, last.deadAt);
    return page;
  }

  async deadLetter(id: string): Promise<DeadLetter | undefined> {
    return (await this.#all()).find((letter) => letter.id === id);
  }

  async editDeadLetter(
    id: string,
    change: { readonly body: string; readonly kind: Headers["kind"] },
  ): Promise<SettleResult> {
    const [result] = await this.#change([id], (letter) => ({
      driver: this.#given.dead,
      message: {
        ...toOutgoing({ ...letter, body: change.body }, this.#copy()),
        headers: { ...letter.headers, kind: change.kind },
      },
    }));
    return result ?? NONE;
  }

  async redrive(
    ids: readonly string[],
    { to }: { readonly to?: string } = {},
  ): Promise<readonly SettleResult[]> {
    return this.#change(ids, this.#alive(to));
  }

  /** What a letter becomes that goes back. */
  #alive(to: string | undefined): Replacement {
    const { queue, source } = this.#given;
    if (to !== undefined && to !== queue) {
      const text = `the dead letters of "${queue}" can only go back to it from here, not to "${to}"`;
      throw new AlienError("UNSUPPORTED", text, {
        fix: `Export them and send them to "${to}", or redrive without another queue.`,
      });
    }
    return (letter) => {
      const message = toOutgoing(letter, this.#copy());
      const { dead: _, ...headers } = message.headers;
      return { driver: source, message: { ...message, headers } };
    };
  }

  discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return this.#change(ids, () => undefined);
  }

  /** In one look, whatever their number, and in the order in which the service has them; by their death in a FIFO queue. */
  async *sweep(sweep: DeadLetterSweep): AsyncGenerator<SweptPage> {
    const replace = sweep.act === "redrive" ? this.#alive(sweep.to) : () => undefined;
    const shown = sweep.act === "show" ? await this.#given.look?.() : undefined;
    const taken = { ...this.#given, changes: this.#changes, replace };
    yield* shown === undefined ? sweepTaken(taken, sweep) : this.#pages(shown, sweep);
  }

  *#pages(
    shown: readonly Delivery[],
    { filter, pageSize, clock }: DeadLetterSweep,
  ): Generator<SweptPage> {
    const now = clock.now();
    const letters = this.#letters(shown)
      .filter((letter) => matchesDeadLetter(letter, filter, now))
      .sort(byDeath);
    for (let from = 0; from < letters.length; from += pageSize) {
      yield { letters: letters.slice(from, from + pageSize), results: [] };
    }
  }

  async importDeadLetters(
    letters: readonly DeadLetter[],
    import_: DeadLetterImport = {},
  ): Promise<readonly SendResult[]> {
    import_.known ??= new Set((await this.#all()).map(({ id, deadAt }) => `${id} ${deadAt}`));
    const { known } = import_;
    const isNew = letters.map(({ id, deadAt }) => {
      const one = `${id} ${deadAt}`;
      const isKnown = known.has(one);
      known.add(one);
      return !isKnown;
    });
    const planned = letters.map((letter, index) =>
      isNew[index] ? orRefusal(() => this.#imported(letter)) : undefined,
    );
    const messages = planned.flatMap((one) =>
      one === undefined || one instanceof AlienError ? [] : [one],
    );
    const sent = (await this.#changes.send(this.#given.dead, messages)).values();
    return letters.map(({ id, deadAt }, index): SendResult => {
      const one = planned[index];
      if (one === undefined) return { ok: true, id, deduplicated: true };
      const result = resultOf(one, sent);
      // What was not taken in is not there for the same letter on a later line.
      if (!result.ok) known.delete(`${id} ${deadAt}`);
      return result;
    });
  }

  #imported(letter: DeadLetter): Outgoing {
    const { source, attempts, deadAt, error } = letter;
    const dead = deathOf({ source, attempts, deadAt }, error);
    const message = toOutgoing(letter, this.#copy());
    return { ...message, headers: { ...message.headers, dead } };
  }

  async #all(): Promise<DeadLetter[]> {
    const shown = await this.#given.look?.();
    if (shown !== undefined) return this.#letters(shown);
    const taken: Delivery[] = [];
    await this.#each((delivery) => {
      taken.push(delivery);
      return false;
    });
    return this.#letters(taken);
  }

  /** One that is there twice, after a crash, is one. */
  #letters(deliveries: readonly Delivery[]): DeadLetter[] {
    const letters = deliveries.map((delivery) => toDeadLetter(delivery, this.#given.queue));
    return [...new Map(letters.map((letter) => [letter.id, letter])).values()];
  }

  /** Finds the letters, sends what is to be sent of each, and removes those of which that is done. */
  async #change(ids: readonly string[], replace: Replacement): Promise<readonly SettleResult[]> {
    const wanted = new Set(ids);
    const found = new Map<string, Delivery[]>();
    let results: ReadonlyMap<string, SettleResult> = new Map();
    let missing = wanted.size;
    await this.#each(
      (delivery) => {
        if (!wanted.has(delivery.id)) return false;
        const known = found.get(delivery.id);
        if (known === undefined) {
          found.set(delivery.id, [delivery]);
          missing--;
        } else known.push(delivery);
        return true;
      },
      () => missing === 0,
      async (receiver) => {
        results = await this.#changes.carryOut(receiver, found, replace);
      },
    );
    return ids.map((id) => results.get(id) ?? NONE);
  }

  /** Takes all letters; gives back those that `keep` does not want, then hands the receiver to `then`. */
  async #each(
    keep: (delivery: Delivery) => boolean,
    done: () => boolean = () => false,
    then: (receiver: Receiver) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const { dead, waitMs } = this.#given;
    const most = dead.capabilities.max.receive;
    const { receiver } = await openLook(dead);
    const unwanted: Delivery[] = [];
    const seen = new Set<string>();
    try {
      while (!done() && seen.size < MOST_LOOKED_AT) {
        const deliveries = await receiver.take(most, waitMs);
        const fresh = deliveries.filter(({ receipt }) => !seen.has(receipt));
        if (fresh.length === 0) break;
        for (const delivery of fresh) {
          seen.add(delivery.receipt);
          if (!keep(delivery)) unwanted.push(delivery);
        }
      }
      await then(receiver);
    } finally {
      // In the reverse order, so that a service that puts them in front has them as they were.
      await this.#changes.settle(receiver, unwanted.reverse(), "release");
      await receiver.close();
    }
  }

  #diedAt(id: string, letters: readonly DeadLetter[]): number {
    return letters.find((letter) => letter.id === id)?.deadAt ?? this.#pageEnds.get(id) ?? 0;
  }

  #copy(): string {
    return Math.floor(this.#given.random() * 36 ** 8).toString(36);
  }
}

const NONE: SettleResult = { ok: true, applied: false };
