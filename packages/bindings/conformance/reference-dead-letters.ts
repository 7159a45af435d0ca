import { AlienError } from "@alienplatform/core";
import type { DeadLetter, DeadLetterQuery } from "../src/queue/dead-letter.ts";
import { matchesDeadLetter } from "../src/queue/dead-letter-filter.ts";
import type { Headers, Outgoing, SendResult, SettleResult } from "../src/queue/driver.ts";
import type { Stored } from "./stored.ts";

/** The dead letters of the reference queue, in the order of their death. */
export class ReferenceDeadLetters {
  #letters: DeadLetter[] = [];

  all(): readonly DeadLetter[] {
    return this.#letters;
  }

  add(letter: DeadLetter): void {
    this.#letters.push(letter);
  }

  list({ limit, after, filter = {} }: DeadLetterQuery, now: number): readonly DeadLetter[] {
    const start = this.#letters.findIndex(({ id }) => id === after) + 1;
    const rest = this.#letters.slice(start);
    return rest.filter((letter) => matchesDeadLetter(letter, filter, now)).slice(0, limit);
  }

  get(id: string): DeadLetter | undefined {
    return this.#letters.find((letter) => letter.id === id);
  }

  edit(
    id: string,
    { body, kind }: { readonly body: string; readonly kind: Headers["kind"] },
  ): SettleResult {
    const applied = this.get(id) !== undefined;
    this.#letters = this.#letters.map((letter) =>
      letter.id === id ? { ...letter, body, headers: { ...letter.headers, kind } } : letter,
    );
    return { ok: true, applied };
  }

  /** Removes those with this id. */
  take(id: string): readonly DeadLetter[] {
    const taken = this.#letters.filter((letter) => letter.id === id);
    this.#letters = this.#letters.filter((letter) => letter.id !== id);
    return taken;
  }

  import(letter: DeadLetter, fifo: boolean): SendResult {
    const { id, deadAt, group } = letter;
    if ((group !== undefined) !== fifo) {
      const fix = "Import it into a queue of the same kind.";
      return { ok: false, error: new AlienError("UNSUPPORTED", "FIFO or not differs", { fix }) };
    }
    const known = this.#letters.some((other) => other.id === id && other.deadAt === deadAt);
    if (!known) this.add(letter);
    return { ok: true, id, deduplicated: known };
  }
}

export function letterOf(
  { message, attempts, history }: Stored,
  death: Pick<DeadLetter, "error" | "source" | "deadAt">,
): DeadLetter {
  const { id, body, headers, sentAt, group, priority, concurrency } = message;
  return {
    id,
    body,
    headers,
    sentAt,
    attempts,
    history: [...history],
    ...death,
    ...(group !== undefined && { group }),
    ...(priority !== undefined && { priority }),
    ...(concurrency !== undefined && { concurrency }),
  };
}

/** As it was sent. */
export function messageOf(letter: DeadLetter): Outgoing {
  const { id, body, headers, sentAt, group, priority, concurrency } = letter;
  return {
    id,
    body: typeof body === "string" ? body : new TextDecoder().decode(body),
    headers,
    sentAt,
    ...(group !== undefined && { group }),
    ...(priority !== undefined && { priority }),
    ...(concurrency !== undefined && { concurrency }),
  };
}
