import { AlienError } from "@alienplatform/core";
import type { DeadLetter, DeadLetterSweep, SweptPage } from "../queue/dead-letter.ts";
import { matchesDeadLetter } from "../queue/dead-letter-filter.ts";
import type { Delivery, QueueDriver } from "../queue/driver.ts";
import { byDeath } from "./by-death.ts";
import { HeldLetters } from "./held-letters.ts";
import type { LetterChanges, Replacement } from "./letter-changes.ts";
import { toDeadLetter } from "./letter-of-delivery.ts";
import { MOST_LOOKED_AT, openLook } from "./look.ts";
import { sweepAborted } from "./sweep-pages.ts";

export interface SweepTakenOptions {
  /** The queue that the letters came from. */
  readonly queue: string;
  readonly options: { readonly fifo?: object | undefined };
  /** What reads the sibling queue in which they are. */
  readonly dead: QueueDriver;
  readonly changes: LetterChanges;
  readonly replace: Replacement;
  readonly waitMs: number;
}

/**
 * One pass over letters that can only be taken, in one look: what is not meant stays on loan until the end, so that each
 * take brings others, and every page is carried out at once. So it costs a take, a send and a removal for each batch of
 * the service, whatever the number of letters.
 */
export async function* sweepTaken(
  { queue, options, dead, changes, replace, waitMs }: SweepTakenOptions,
  sweep: DeadLetterSweep,
): AsyncGenerator<SweptPage> {
  const { act, filter, pageSize, clock, signal } = sweep;
  const { receiver, leaseMs } = await openLook(dead);
  const held = new HeldLetters(receiver, { dead, changes, clock, leaseMs });
  const met = new Set<string>();
  /** What the filter means and nothing has been done to yet, oldest first. */
  const meant = new Map<string, Delivery[]>();
  // The messages of a group go back in the order in which they died, and so after a look at all of them.
  const most = options.fifo === undefined || act !== "redrive" ? pageSize : MOST_LOOKED_AT;
  try {
    for (let repeated = 0, gatheredMs = clock.now(), more = true; more; ) {
      if (signal?.aborted) throw sweepAborted();
      await held.renew(waiting());
      const wanted = Math.min(dead.capabilities.max.receive, pageSize);
      const taken = await receiver.take(wanted, waitMs, signal);
      const fresh = taken.some(({ id }) => !met.has(id));
      // A service that brings back what is held, since its loans have ended, has nothing else after a whole round.
      repeated = fresh ? 0 : repeated + taken.length;
      more = taken.length > 0 && repeated <= held.size;
      for (const delivery of taken) {
        const { id } = delivery;
        const again = met.has(id);
        met.add(id);
        const same = meant.get(id);
        // One that is there twice, after a crash, is one letter; one that was redriven may have died again.
        if (same !== undefined) same.push(delivery);
        else if ((again && act !== "discard") || !isMeant(delivery)) held.add(delivery);
        else meant.set(id, [delivery]);
      }
      if (signal?.aborted) throw sweepAborted();
      if (more && held.size >= MOST_LOOKED_AT) throw tooMany(queue, held.size);
      const late = clock.now() - gatheredMs > leaseMs / 4;
      if (more && meant.size < most && !(late && most === pageSize)) continue;
      // What is less than a page waits for company, unless it has waited long.
      yield* carriedOut(more && !late ? pageSize : 1);
      gatheredMs = clock.now();
    }
  } finally {
    await held.giveBack(waiting());
    await receiver.close();
  }

  function waiting(): readonly Delivery[] {
    return [...meant.values()].flat();
  }

  function isMeant(delivery: Delivery): boolean {
    return matchesDeadLetter(toDeadLetter(delivery, queue), filter, clock.now());
  }

  async function* carriedOut(least: number): AsyncGenerator<SweptPage> {
    const letters = [...meant.values()]
      .flatMap(([first]) => (first === undefined ? [] : [toDeadLetter(first, queue)]))
      .sort(byDeath);
    for (let from = 0; letters.length - from >= least; from += pageSize) {
      if (signal?.aborted) throw sweepAborted();
      await held.renew(waiting());
      yield await page(letters.slice(from, from + pageSize));
    }
  }

  async function page(letters: readonly DeadLetter[]): Promise<SweptPage> {
    const found = new Map(letters.map(({ id }) => [id, meant.get(id) ?? []]));
    for (const { id } of letters) meant.delete(id);
    if (act === "show") {
      for (const delivery of [...found.values()].flat()) held.add(delivery);
      return { letters, results: [] };
    }
    const done = await changes.carryOut(receiver, found, replace);
    return { letters, results: letters.flatMap(({ id }) => done.get(id) ?? []) };
  }
}

function tooMany(queue: string, held: number): AlienError {
  const text = `${held} dead letters of "${queue}" are on loan to this look, which holds no more`;
  return new AlienError("UNSUPPORTED", text, {
    fix: "Redrive or discard those that you have seen, or some of the others, and begin again.",
    details: { queue, held },
  });
}
