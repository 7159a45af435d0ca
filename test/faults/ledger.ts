import type { FaultEvent, Recorded } from "./history.ts";

export type Of<Kind extends FaultEvent["kind"]> = FaultEvent & { readonly kind: Kind } & {
  readonly at: number;
  readonly actor: string;
  /** Its place in the history: of two events with one time the earlier is the smaller. */
  readonly order: number;
};

type Settling = Of<"settle-start">;

/** An outcome that was asked for. */
export interface Tried extends Settling {
  /** Undefined while it is in doubt. */
  answer: Of<"settle-ok"> | Of<"settle-refused"> | undefined;
}

/** What became of one message, each list in the order of the history. */
export interface Life {
  readonly id: string;
  /** Which send it is of; undefined where it was never seen. */
  key: string | undefined;
  readonly sent: Of<"send-ok">[];
  readonly deliveries: Of<"deliver">[];
  readonly settling: Tried[];
  readonly settled: Of<"settle-ok">[];
  readonly extending: Of<"extend-start">[];
  readonly extended: Of<"extend-ok">[];
  readonly redriving: Of<"redrive-start">[];
  readonly redriven: Of<"redrive-ok">[];
  readonly discarding: Of<"discard-start">[];
  readonly discarded: Of<"discard-ok">[];
  readonly dead: Of<"dead">[];
  readonly given: Of<"given">[];
  /** The history says that there may be more than one of it. */
  twice: boolean;
}

export interface Purge {
  readonly from: Of<"purge-start">;
  readonly to: Of<"purge-ok"> | undefined;
}

/** What must hold of the queue of a history. */
export interface Rules {
  readonly maxAttempts: number;
  /** How far the clocks of actors and store may be apart, in milliseconds. */
  readonly toleranceMs?: number;
  /** Whether an outcome after the end of its lease is refused, or answered and promises nothing; "exact" unless told otherwise. */
  readonly fencing?: "exact" | "none";
}

/** A history, sorted by what it is about. */
export class Ledger {
  readonly rules: Rules;
  readonly starts = new Map<string, Of<"send-start">>();
  readonly answers = new Map<string, Of<"send-ok">>();
  readonly lives = new Map<string, Life>();
  readonly purges: Purge[] = [];
  /** By the actor that was killed, or was gone for too long. */
  readonly ends = new Map<string, (Of<"killed"> | Of<"gone">)[]>();
  readonly jumps: Of<"clock">[] = [];
  readonly counted: Of<"counted">[] = [];
  readonly takes: { readonly from: Of<"take-start">; to: Of<"take-ok"> | undefined }[] = [];
  calm: Of<"calm"> | undefined;
  killed = 0;

  constructor(history: readonly Recorded[], rules: Rules) {
    this.rules = rules;
    const takes = new Map<number, Ledger["takes"][number]>();
    for (const [order, event] of history.entries()) {
      switch (event.kind) {
        case "send-start":
          this.starts.set(event.key, { ...event, order });
          break;
        case "send-ok": {
          const answer = { ...event, order };
          this.answers.set(event.key, answer);
          const life = this.#life(event.id);
          life.sent.push(answer);
          if (event.deduplicated !== true) life.key = event.key;
          break;
        }
        case "take-start": {
          const take = { from: { ...event, order }, to: undefined };
          takes.set(event.take, take);
          this.takes.push(take);
          break;
        }
        case "take-ok": {
          const take = takes.get(event.take);
          if (take !== undefined) take.to = { ...event, order };
          break;
        }
        case "deliver":
          this.#seen(event.id, event.key).deliveries.push({ ...event, order });
          break;
        case "settle-start":
          this.#life(event.id).settling.push({ ...event, order, answer: undefined });
          break;
        case "settle-ok": {
          const life = this.#life(event.id);
          life.settled.push({ ...event, order });
          this.#answer(life, { ...event, order });
          break;
        }
        case "settle-refused":
          this.#answer(this.#life(event.id), { ...event, order });
          break;
        case "extend-start":
          this.#life(event.id).extending.push({ ...event, order });
          break;
        case "extend-ok":
          this.#life(event.id).extended.push({ ...event, order });
          break;
        case "given":
          this.#life(event.id).given.push({ ...event, order });
          break;
        case "twice":
          this.#life(event.id).twice = true;
          break;
        case "purge-start":
          this.purges.push({ from: { ...event, order }, to: undefined });
          break;
        case "purge-ok": {
          const index = this.purges.findIndex(({ from }) => from.purge === event.purge);
          const purge = this.purges[index];
          if (purge !== undefined) this.purges[index] = { ...purge, to: { ...event, order } };
          break;
        }
        case "redrive-start":
        case "redrive-ok":
        case "discard-start":
        case "discard-ok":
          for (const id of event.ids) this.#operated(this.#life(id), { ...event, order });
          break;
        case "dead":
          this.#seen(event.id, event.key).dead.push({ ...event, order });
          break;
        case "killed":
        case "gone": {
          if (event.kind === "killed") this.killed += 1;
          const ends = this.ends.get(event.victim) ?? [];
          ends.push({ ...event, order });
          this.ends.set(event.victim, ends);
          break;
        }
        case "clock":
          this.jumps.push({ ...event, order });
          break;
        case "counted":
          this.counted.push({ ...event, order });
          break;
        case "calm":
          this.calm = { ...event, order };
          break;
      }
    }
    // Written down by receivers that may have been stopped meanwhile; the store's time says which came first.
    for (const { deliveries, given } of this.lives.values()) {
      deliveries.sort((a, b) => beginOf(a) - beginOf(b) || a.order - b.order);
      if (given.length > 0) putLateAnswersBack(deliveries);
    }
  }

  #answer(life: Life, answer: Of<"settle-ok"> | Of<"settle-refused">): void {
    const { receipt, outcome, actor } = answer;
    const tried = life.settling.find(
      (one) =>
        one.answer === undefined &&
        one.receipt === receipt &&
        one.actor === actor &&
        one.outcome === outcome,
    );
    if (tried !== undefined) tried.answer = answer;
  }

  #operated(
    life: Life,
    event: Of<"redrive-start" | "redrive-ok" | "discard-start" | "discard-ok">,
  ): void {
    // The kind says which list it belongs to.
    if (event.kind === "redrive-start") life.redriving.push(event as Of<"redrive-start">);
    else if (event.kind === "redrive-ok") life.redriven.push(event as Of<"redrive-ok">);
    else if (event.kind === "discard-start") life.discarding.push(event as Of<"discard-start">);
    else life.discarded.push(event as Of<"discard-ok">);
  }

  #life(id: string): Life {
    const known = this.lives.get(id);
    if (known !== undefined) return known;
    const life: Life = {
      id,
      key: undefined,
      sent: [],
      deliveries: [],
      settling: [],
      settled: [],
      extending: [],
      extended: [],
      redriving: [],
      redriven: [],
      discarding: [],
      discarded: [],
      dead: [],
      given: [],
      twice: false,
    };
    this.lives.set(id, life);
    return life;
  }

  #seen(id: string, key: string): Life {
    const life = this.#life(id);
    life.key = key;
    return life;
  }

  /** How far the wall clock was set between two moments, forward and back, all added up. */
  jumped(from: number, to: number): number {
    let sum = 0;
    for (const { at, byMs } of this.jumps) if (at >= from && at <= to) sum += Math.abs(byMs);
    return sum;
  }

  /** The outcomes that were tried on one delivery and not certainly refused. */
  triedOn(life: Life, delivery: Of<"deliver">): readonly Tried[] {
    const { receipt } = delivery;
    if (receipt === undefined) {
      return life.settling.filter(
        ({ actor, order }) => actor === delivery.actor && order >= delivery.order,
      );
    }
    return life.settling.filter(
      (tried) => tried.receipt === receipt && tried.answer?.kind !== "settle-refused",
    );
  }

  /** The outcome that a delivery is known to have. */
  outcomeOf(life: Life, delivery: Of<"deliver">): Of<"settle-ok"> | undefined {
    const { receipt } = delivery;
    return life.settled.find((settled) =>
      receipt === undefined
        ? settled.actor === delivery.actor && settled.order >= delivery.order
        : settled.receipt === receipt,
    );
  }

  /** Whether the answer to an outcome is a promise: where stale ones are answered too, only within the lease. */
  isPromise(life: Life, { receipt, at }: Of<"settle-ok">): boolean {
    if (this.rules.fencing !== "none") return true;
    const deliveries = life.deliveries.filter((delivery) => delivery.receipt === receipt);
    return deliveries.some(({ leaseEnds }) => at < leaseEnds);
  }

  /** What the message's deliveries may be at most. */
  budgetOf({ key }: Life): number {
    const own = key === undefined ? undefined : this.starts.get(key)?.maxAttempts;
    return Math.min(this.rules.maxAttempts, own ?? this.rules.maxAttempts);
  }
}

/** Of two takes at the same time the one that was answered later may have been given its message first: attempts tell. */
function putLateAnswersBack(deliveries: Of<"deliver">[]): void {
  for (let end = 1; end < deliveries.length; end++) {
    for (let index = end; index > 0; index--) {
      const [before, late] = deliveries.slice(index - 1, index + 1);
      if (before === undefined || late === undefined) break;
      if (late.takenAt >= before.at || late.attempt >= before.attempt) break;
      deliveries.splice(index - 1, 2, late, before);
    }
  }
}

/** When a loan began, as far as it is known. */
export function beginOf({ grantedAt, at }: Of<"deliver">): number {
  return grantedAt ?? at;
}

/** Whether one take brought both, in order: SQS gives as many of a group as it can. What the store has dated it gave one by one. */
export function isOneTake(first: Of<"deliver">, second: Of<"deliver">): boolean {
  const dated = first.grantedAt !== undefined;
  return !dated && first.actor === second.actor && first.takenAt === second.takenAt;
}
