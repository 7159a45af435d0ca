import type { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { Delivery, Settlement, SettleResult } from "../queue/driver.ts";
import type { KeptRuns } from "./kept-runs.ts";
import type { KeyPlaces, Place } from "./key-places.ts";
import type { PutOff, PutOffs } from "./put-offs.ts";

/** How soon a message whose key has no place is looked at again: about as long, and not all at once. */
const NO_PLACE_MS = 1_000;

export interface KeptDeliveriesOptions {
  /** Undefined where the queue keeps no records. */
  readonly runs: KeptRuns | undefined;
  readonly places: KeyPlaces;
  readonly putOffs: PutOffs;
  readonly clock: Clock;
}

/** What becomes of a delivery before anybody sees it: it is handed over, or settled at once. */
export type Admission = { readonly handed: Delivery } | { readonly decided: Settlement };

/** Stands between a service and whoever handles its deliveries, pulled or pushed. */
export class KeptDeliveries {
  readonly #given: KeptDeliveriesOptions;

  constructor(given: KeptDeliveriesOptions) {
    this.#given = given;
  }

  /** One answer per delivery, in order; `until` tells when the lease of each ends. May be repeated where it failed. */
  async admit(
    deliveries: readonly Delivery[],
    until: (delivery: Delivery) => number,
  ): Promise<readonly Admission[]> {
    if (!deliveries.some((one) => this.#concerns(one))) {
      return deliveries.map((handed) => ({ handed }));
    }
    const all = await Promise.all(deliveries.map((one) => this.#counted(one)));
    const delays = this.#notDue(all);
    await this.#takePlaces(all, delays, until);
    await this.#holdGroups(all, delays);
    const skipped = new Set<Delivery>();
    await Promise.all(
      all.map(async (one) => {
        if (delays.has(one) || (await this.#begin(one, until(one)))) return;
        skipped.add(one);
        await this.#freePlaces([one]);
      }),
    );
    const now = this.#given.clock.now();
    const off: (PutOff & { readonly counts: number })[] = [];
    for (const [index, delivery] of all.entries()) {
      const delayMs = delays.get(delivery);
      const counts = deliveries[index]?.attempt ?? delivery.attempt;
      const grows = (delivery.headers.dueAt ?? now) <= now;
      if (delayMs !== undefined) off.push({ delivery, delayMs, grows, counts });
    }
    const back = (await this.#given.putOffs.settlements(off)).values();
    return all.map((delivery): Admission => {
      if (skipped.has(delivery)) return { decided: { delivery, outcome: { kind: "ack" } } };
      if (!delays.has(delivery)) return { handed: delivery };
      return { decided: back.next().value ?? { delivery, outcome: { kind: "release" } } };
    });
  }

  /** What settles these while the table does not answer; never rejects. */
  putOff(deliveries: readonly Delivery[]): Promise<readonly Settlement[]> {
    return this.#given.putOffs.withoutTable(deliveries);
  }

  /** To be called before each settlement is carried out; it is not where there is an error. */
  async ending(settlements: readonly Settlement[]): Promise<readonly (AlienError | undefined)[]> {
    const { runs } = this.#given;
    if (runs === undefined) return settlements.map(() => undefined);
    return Promise.all(settlements.map((one) => runs.ending(one)));
  }

  /** These are carried out, or will never be: their places are free. */
  async ended(deliveries: readonly Delivery[]): Promise<void> {
    for (const delivery of deliveries) this.#given.runs?.settled(delivery);
    // Where that fails they are free when their leases end.
    await this.#freePlaces(deliveries).catch(() => undefined);
  }

  /** Their leases end then. */
  async extended(deliveries: readonly Delivery[], until: number): Promise<void> {
    const { runs, places } = this.#given;
    await Promise.all([
      ...deliveries.map((one) => runs?.extended(one, until)),
      ...byKey(deliveries).map(([key, those]) =>
        places.extend(
          key,
          those.map((one) => placeOf(one, until)),
        ),
      ),
    ]);
  }

  #concerns({ headers, group, attempt }: Delivery): boolean {
    const { concurrency, dueAt } = headers;
    if (this.#given.runs !== undefined || concurrency !== undefined || dueAt !== undefined)
      return true;
    return group !== undefined && attempt > 1;
  }

  /** A delivery that was put off is no attempt, though the service has counted it. */
  async #counted(delivery: Delivery): Promise<Delivery> {
    const { headers, attempt, group } = delivery;
    const { concurrency, dueAt } = headers;
    // Those of a group wait behind one that has a key.
    if (concurrency === undefined && dueAt === undefined && group === undefined)
      return { ...delivery };
    const real = attempt === 1 ? 1 : await this.#given.putOffs.attemptOf(delivery);
    return { ...delivery, attempt: real };
  }

  #notDue(all: readonly Delivery[]): Map<Delivery, number> {
    const now = this.#given.clock.now();
    return new Map(
      all.flatMap((one) => {
        const leftMs = (one.headers.dueAt ?? now) - now;
        return leftMs > 0 ? [[one, leftMs] as const] : [];
      }),
    );
  }

  async #takePlaces(
    all: readonly Delivery[],
    delays: Map<Delivery, number>,
    until: (delivery: Delivery) => number,
  ): Promise<void> {
    const due = all.filter((one) => !delays.has(one));
    await Promise.all(
      byKey(due).map(async ([key, those]) => {
        const wanted = those.map((one) => {
          const { limit = 1 } = one.headers.concurrency ?? {};
          return { ...placeOf(one, until(one)), limit };
        });
        const got = await this.#given.places.take(key, wanted);
        for (const [index, one] of those.entries()) {
          if (got[index] !== true) delays.set(one, NO_PLACE_MS);
        }
      }),
    );
  }

  /** Behind one that is put off the others of its group wait too. */
  async #holdGroups(all: readonly Delivery[], delays: Map<Delivery, number>): Promise<void> {
    const held = new Map<string, number>();
    const back: Delivery[] = [];
    for (const one of all) {
      if (one.group === undefined) continue;
      const delayMs = delays.get(one) ?? held.get(one.group);
      if (delayMs === undefined) continue;
      held.set(one.group, delayMs);
      if (!delays.has(one)) back.push(one);
      delays.set(one, delayMs);
    }
    await this.#freePlaces(back);
  }

  async #begin(delivery: Delivery, until: number): Promise<boolean> {
    const { runs } = this.#given;
    if (runs === undefined || delivery.undecodable !== undefined) return true;
    return runs.begin(delivery, until);
  }

  async #freePlaces(deliveries: readonly Delivery[]): Promise<void> {
    await Promise.all(
      byKey(deliveries).map(([key, those]) =>
        this.#given.places.free(
          key,
          those.map((one) => placeOf(one, 0)),
        ),
      ),
    );
  }
}

/** Whether a settlement's result is the last that is heard of it. */
export function isOver(result: SettleResult | undefined): boolean {
  return result === undefined || result.ok || !result.error.retryable;
}

function placeOf({ id, attempt }: Delivery, until: number): Place {
  return { id, attempt, until };
}

function byKey(deliveries: readonly Delivery[]): [string, Delivery[]][] {
  const keys = new Map<string, Delivery[]>();
  for (const delivery of deliveries) {
    const key = delivery.headers.concurrency?.key;
    if (key === undefined) continue;
    const those = keys.get(key);
    if (those === undefined) keys.set(key, [delivery]);
    else those.push(delivery);
  }
  return [...keys];
}
