import type { InspectedMessage } from "@alienplatform/bindings/operate";
import { recordId, recordLength } from "../record.ts";

/** So much is answered at most: it has to go through the socket. */
const ANSWER_BYTES = 4 * 1024 * 1024;

/** Collects messages until they are enough, and remembers where the last one is. */
export class InspectedList<Place> {
  readonly messages: InspectedMessage[] = [];
  readonly #limit: number;
  /** Only those that were sent later. */
  readonly #sentAfter: string | undefined;
  #bytes = 0;
  last: Place | undefined;

  constructor(limit: number, sentAfter: string | undefined) {
    this.#limit = limit;
    this.#sentAfter = sentAfter;
  }

  get full(): boolean {
    return this.messages.length >= this.#limit || this.#bytes >= ANSWER_BYTES;
  }

  /** How many more there is room for. */
  get room(): number {
    return this.full ? 0 : this.#limit - this.messages.length;
  }

  /** Answers whether there is room for more. */
  add(bytes: Buffer, at: number, place: Place, inspect: () => InspectedMessage): boolean {
    if (this.full) return false;
    if (this.#sentAfter !== undefined && recordId(bytes, at) <= this.#sentAfter) return true;
    this.messages.push(inspect());
    this.#bytes += recordLength(bytes, at);
    this.last = place;
    return !this.full;
  }
}
