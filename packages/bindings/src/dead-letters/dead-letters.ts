import { AlienError } from "@alienplatform/core";
import type { DeadLetter } from "../queue/dead-letter.ts";
import type { SettleResult } from "../queue/driver.ts";
import type { OpenOperator, QueueOperationsOptions } from "../queue/open-operator.ts";
import { type PageOptions, readPage } from "../queue/page.ts";
import { checkedJson, checkedPayload, type Payload } from "../queue/payload.ts";
import { refuseUnknown } from "../queue/unknown-option.ts";
import { type BoundedQuery, boundedPage, type DeadLetterPage } from "./bounded-page.ts";
import { type ImportOptions, type ImportReport, importLines } from "./import-lines.ts";
import { formatLine } from "./line.ts";
import { type DeadLetterSelection, readSelection } from "./selection.ts";
import { type SweepOptions, sweep, sweptPages } from "./sweep.ts";

/** Of one call of a driver. */
const MOST_IDS = 500;
const SWEEP = ["filter", "diedBy", "signal", "onProgress"] satisfies (keyof SweepOptions)[];

export interface DeadLetterList extends PageOptions {
  readonly filter?: DeadLetterSelection | undefined;
}

export interface RedriveAllOptions extends SweepOptions {
  /** Another queue, which is FIFO where this one is; without it they go back to this one. */
  readonly to?: string | undefined;
  /** At most so many a second; without it as fast as they can be stored. */
  readonly perSecond?: number | undefined;
}

/** The dead letters of one queue, for whoever decides about them. */
export class DeadLetters {
  readonly #open: () => Promise<OpenOperator>;
  readonly #options: QueueOperationsOptions;
  #looks: Promise<unknown> = Promise.resolve();

  constructor(open: () => Promise<OpenOperator>, options: QueueOperationsOptions) {
    this.#open = open;
    this.#options = options;
  }

  /** In the order of their death: at most `limit`, 1..500, 10 unless told otherwise; fewer where they are large. */
  async list({ filter = {}, ...options }: DeadLetterList = {}): Promise<readonly DeadLetter[]> {
    const query = { ...readPage("dead.list", options), filter: readSelection(filter) };
    const { operator } = await this.#open();
    return operator.deadLetters(query);
  }

  /**
   * The same with where to go on. With a filter one call looks at 5,000 letters at most, so that a page may be empty and yet
   * have a next; where a service can only show all of them in one look, that look is the page.
   */
  async page({ filter = {}, ...options }: DeadLetterList = {}): Promise<DeadLetterPage> {
    const query = { ...readPage("dead.page", options), filter: readSelection(filter) };
    const opened = await this.#open();
    return this.#look(opened, () => this.#page(opened, query));
  }

  async #page(opened: OpenOperator, query: BoundedQuery): Promise<DeadLetterPage> {
    const { operator } = opened;
    const isFiltered = Object.keys(query.filter).length > 0;
    if (isFiltered && operator.inspector !== undefined) return boundedPage(opened, query);
    const letters = await operator.deadLetters(query);
    return { letters, next: letters.at(-1)?.id };
  }

  async get(id: string): Promise<DeadLetter | undefined> {
    const opened = await this.#open();
    return this.#look(opened, () => opened.operator.deadLetter(id));
  }

  /** Shows all that are dead by now, or those that the filter means, in one pass, until `visit` answers false. */
  async each(
    visit: (letter: DeadLetter) => boolean,
    options: Pick<SweepOptions, "filter" | "signal"> = {},
  ): Promise<void> {
    refuseUnknown("dead.each", options, ["filter", "signal"]);
    const opened = await this.#open();
    await this.#look(opened, async () => {
      for await (const { letters } of sweptPages(opened, options, { act: "show" })) {
        for (const letter of letters) if (!visit(letter)) return;
      }
    });
  }

  /** Where a look takes letters on loan, another one at the same time would see less: they go one after the other. */
  async #look<T>({ operator }: OpenOperator, look: () => Promise<T>): Promise<T> {
    if (operator.inspector !== undefined) return look();
    const mine = this.#looks.then(look);
    // The next one looks also where this one has failed, which its caller is told.
    this.#looks = mine.catch(() => undefined);
    return mine;
  }

  /**
   * Another payload in place of its own, checked by the queue's schema where that is known: a string is text, anything else
   * JSON. Its group and all else stay as they were. Fails with UNKNOWN_DEAD_LETTER, PAYLOAD_REFUSED, MESSAGE_TOO_LARGE.
   */
  async edit(id: string, payload: unknown): Promise<void> {
    await this.#edit(id, await checkedPayload(payload, this.#options));
  }

  /** The same with JSON as text, which is kept letter by letter: numbers may have more digits than JavaScript's. */
  async editJson(id: string, json: string): Promise<void> {
    await this.#edit(id, await checkedJson(json, this.#options));
  }

  async #edit(id: string, payload: Payload): Promise<void> {
    const { operator } = await this.#open();
    const result = await operator.editDeadLetter(id, payload);
    if (!result.ok) throw result.error;
    if (result.applied !== false) return;
    const { queue } = this.#options;
    throw new AlienError("UNKNOWN_DEAD_LETTER", `queue "${queue}" has no dead letter ${id}`, {
      fix: "List them for their ids: it may have been redriven or discarded.",
      details: { queue, id },
    });
  }

  /**
   * Makes them ready again under their own ids, with a fresh attempt budget and without asking for idempotency keys. One
   * result per id, in order; `applied: false` where there is none of that id.
   */
  async redrive(
    ids: string | readonly string[],
    options: { readonly to?: string | undefined } = {},
  ): Promise<readonly SettleResult[]> {
    refuseUnknown("dead.redrive", options, ["to"]);
    const { to } = options;
    const { operator } = await this.#open();
    return inChunks(ids, (chunk) => operator.redrive(chunk, to === undefined ? {} : { to }));
  }

  /**
   * Redrives all that are dead by now, or those that the filter means; answers how many. What dies again meanwhile is left
   * for the next run. Each is in the queue or among the dead letters at every moment: an interrupted run is run again.
   */
  async redriveAll(given: RedriveAllOptions = {}): Promise<number> {
    refuseUnknown("dead.redriveAll", given, [...SWEEP, "to", "perSecond"]);
    const { to, perSecond, ...options } = given;
    return sweep(await this.#open(), options, { act: "redrive", to, perSecond });
  }

  /** Removes them for ever. One result per id, in order. */
  async discard(ids: string | readonly string[]): Promise<readonly SettleResult[]> {
    const { operator } = await this.#open();
    return inChunks(ids, (chunk) => operator.discard(chunk));
  }

  /** Removes all that are dead by now, or those that the filter means, for ever; answers how many. */
  async discardAll(options: SweepOptions = {}): Promise<number> {
    refuseUnknown("dead.discardAll", options, SWEEP);
    return sweep(await this.#open(), options, { act: "discard" });
  }

  /** All that are dead by now, or those that the filter means, as NDJSON: a line each, with its end. Takes none away. */
  async *export(options: Omit<SweepOptions, "onProgress"> = {}): AsyncGenerator<string> {
    refuseUnknown("dead.export", options, SWEEP);
    for await (const { letters } of sweptPages(await this.#open(), options, { act: "show" })) {
      for (const letter of letters) yield formatLine(letter);
    }
  }

  /**
   * Takes in what export() wrote, in pieces of any size. One that is there already is not taken twice; a line that is none
   * is reported with its number and keeps back no other.
   */
  async import(
    text: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
    options: ImportOptions = {},
  ): Promise<ImportReport> {
    const { operator } = await this.#open();
    return importLines(operator, text, options);
  }
}

async function inChunks(
  ids: string | readonly string[],
  act: (ids: readonly string[]) => Promise<readonly SettleResult[]>,
): Promise<readonly SettleResult[]> {
  const all = typeof ids === "string" ? [ids] : ids;
  const results: SettleResult[] = [];
  for (let from = 0; from < all.length; from += MOST_IDS) {
    results.push(...(await act(all.slice(from, from + MOST_IDS))));
  }
  return results;
}
