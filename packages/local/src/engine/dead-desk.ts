import {
  type DeadLetter,
  type DeadLetterQuery,
  type Headers,
  matchesDeadLetter,
  type Outgoing,
  type SendResult,
  type SettleResult,
  withRedrive,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { DeadBook, DeadRow } from "./dead.ts";
import { findQueue } from "./find-queue.ts";
import { bounded } from "./history.ts";
import type { QueueParts } from "./parts.ts";
import { recordLength, recordOf } from "./record.ts";
import { changedRecord } from "./record-change.ts";
import { isTooLarge, tooLarge } from "./size.ts";
import type { StoreParts } from "./store-parts.ts";

const applied: SettleResult = Object.freeze({ ok: true, applied: true });
const missing: SettleResult = Object.freeze({ ok: true, applied: false });

/** What operators decide about a queue's dead letters. All but the looks run between commits, see Commit.alone. */
export class DeadDesk {
  readonly #parts: QueueParts;
  readonly #book: DeadBook;
  readonly #store: StoreParts;
  readonly #changed: () => void;

  constructor(parts: QueueParts, store: StoreParts, changed: () => void) {
    this.#parts = parts;
    this.#book = parts.dead;
    this.#store = store;
    this.#changed = changed;
  }

  list({ limit, after, filter }: DeadLetterQuery): Promise<readonly DeadLetter[]> {
    const now = this.#parts.clock.now();
    return this.#book.list(
      limit,
      after,
      (letter) => filter === undefined || matchesDeadLetter(letter, filter, now),
    );
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    return (await this.#book.find(id)).at(-1)?.letter;
  }

  async edit(
    id: string,
    { body, kind }: { readonly body: string; readonly kind: Headers["kind"] },
  ): Promise<SettleResult> {
    const rows = await this.#book.find(id);
    for (const { letter } of rows) {
      const edited = { ...letter, body, headers: { ...letter.headers, kind } };
      if (isTooLarge(edited)) return { ok: false, error: tooLarge(edited, this.#name) };
    }
    for (const found of rows) {
      const record = changedRecord(found.row, found.at, { body: { text: body, kind } });
      this.#book.replace(this.#store.commit.batch, found, record);
    }
    this.#changed();
    return rows.length > 0 ? applied : missing;
  }

  /** Back to this queue, or to another one of the store. */
  async redrive(ids: readonly string[], to?: string): Promise<readonly SettleResult[]> {
    const { fifo, name } = this.#parts.spec();
    const target = findQueue(this.#store.queues, to ?? name);
    target.control.refuseRedrive();
    if (target.fifo !== fifo) {
      const error = mismatch(name, target.name, fifo);
      return ids.map(() => ({ ok: false, error }));
    }
    return this.#each(ids, ({ row, at, letter }) => {
      // The attempts of before go with it, for whoever meets it among the dead letters again.
      const earlier = { earlier: withRedrive(letter.history, this.#parts.clock.now()) };
      // In another queue it is no dead letter of anybody.
      const meta = target.name === name ? earlier : { ...earlier, dead: undefined };
      target.comeBack(changedRecord(row, at, { meta }));
    });
  }

  discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    const { activity, clock } = this.#parts;
    return this.#each(ids, ({ letter }) => {
      if (activity.happens()) {
        activity.add({ type: "discarded", id: letter.id, at: clock.now() });
      }
      this.#parts.jobs.discarded(this.#store.commit.batch, letter);
    });
  }

  async #each(
    ids: readonly string[],
    visit?: (found: DeadRow) => void,
  ): Promise<readonly SettleResult[]> {
    const unique = [...new Set(ids)];
    const rowsOf = await this.#findAll(unique);
    const results: SettleResult[] = [];
    for (const id of ids) {
      const rows = rowsOf.get(id) ?? [];
      // Named again it is gone.
      rowsOf.delete(id);
      for (const found of rows) {
        visit?.(found);
        this.#book.del(this.#store.commit.batch, found);
      }
      results.push(rows.length > 0 ? applied : missing);
    }
    this.#changed();
    return results;
  }

  /** Side by side: one after the other would take a trip to the disk for each. */
  async #findAll(ids: readonly string[]): Promise<Map<string, readonly DeadRow[]>> {
    const found = await Promise.all(ids.map((id) => this.#book.find(id)));
    return new Map(ids.map((id, index) => [id, found[index] ?? []]));
  }

  async import(letters: readonly DeadLetter[]): Promise<readonly SendResult[]> {
    const rowsOf = await this.#findAll([...new Set(letters.map(({ id }) => id))]);
    const results: SendResult[] = [];
    const here = new Set<string>();
    for (const letter of letters) {
      const { id, deadAt } = letter;
      const error = this.#unfit(letter);
      if (error !== undefined) {
        results.push({ ok: false, error });
        continue;
      }
      const place = `${id} ${deadAt}`;
      const known = rowsOf.get(id) ?? [];
      const deduplicated = here.has(place) || known.some((found) => found.letter.deadAt === deadAt);
      here.add(place);
      if (!deduplicated) this.#take(letter);
      results.push({ ok: true, id, deduplicated });
    }
    this.#changed();
    return results;
  }

  /** The answer to an import that was applied before: what was refused then is now, too. */
  importedBefore(letters: readonly DeadLetter[]): readonly SendResult[] {
    return letters.map((letter) => {
      const error = this.#unfit(letter);
      return error === undefined
        ? { ok: true, id: letter.id, deduplicated: true }
        : { ok: false, error };
    });
  }

  #unfit(letter: DeadLetter): AlienError | undefined {
    const { fifo, name } = this.#parts.spec();
    const message = outgoing(letter);
    if (isTooLarge(message)) return tooLarge(message, name);
    const grouped = letter.group !== undefined;
    return grouped === fifo ? undefined : mismatch(letter.source, name, grouped);
  }

  #take(letter: DeadLetter): void {
    const { attempts, deadAt, source, error, history } = letter;
    const { activity, clock } = this.#parts;
    if (activity.happens()) activity.add({ type: "dead", id: letter.id, at: clock.now() });
    const { dead } = letter.headers;
    const sent = recordOf(outgoing(letter));
    const record = dead === undefined ? sent : changedRecord(sent, 0, { meta: { dead } });
    const parts = { attempts, deadAt, source, error, history: bounded(history) };
    this.#book.put(this.#store.commit.batch, parts, record, 0, recordLength(record, 0));
  }

  get #name(): string {
    return this.#parts.spec().name;
  }
}

function outgoing({ body, ...letter }: DeadLetter): Outgoing {
  return { ...letter, body: typeof body === "string" ? body : new TextDecoder().decode(body) };
}

function mismatch(from: string, to: string, fifo: boolean): AlienError {
  const [one, other] = fifo ? ["FIFO", "is not"] : ["not FIFO", "is"];
  return new AlienError(
    "UNSUPPORTED",
    `dead letters of "${from}", which is ${one}, cannot go to "${to}", which ${other}`,
    {
      fix: fifo ? "Name a FIFO queue." : "Name a queue that is not FIFO.",
      details: { from, to },
    },
  );
}
