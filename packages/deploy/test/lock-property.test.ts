import { AlienError, type Clock } from "@alienplatform/core";
import { expect, it } from "vitest";
import { fc } from "../../../test/property.ts";
import { MemoryStateStore, readState, type StateStore } from "../src/index.ts";
import { pause } from "../src/pause.ts";
import { StateSession } from "../src/state/state-session.ts";
import { EagerClock } from "./toy/eager-clock.ts";
import { toyPlace } from "./toy/toy-platform.ts";

const never = () => new AbortController().signal;
const HOUR_MS = 3_600_000;

/** One process that wants the lock, how long it needs it, and what is wrong with it. */
const actor = fc.record({
  startMs: fc.nat({ max: 300_000 }),
  holdMs: fc.nat({ max: 200_000 }),
  /** Dead from then on, without a word. */
  diesAfterMs: fc.option(fc.nat({ max: 200_000 }), { nil: undefined }),
  /** Its clock against the others'. */
  skewMs: fc.oneof(
    fc.integer({ min: -HOUR_MS, max: HOUR_MS }),
    fc.integer({ min: -90_000, max: 90_000 }),
  ),
  /** From it to the store, and the same back. */
  latencyMs: fc.nat({ max: 4_000 }),
  /** For so long from then on, after its start, nothing goes through: it fails at once, or waits. */
  cut: fc.option(
    fc.record({
      fromMs: fc.nat({ max: 200_000 }),
      forMs: fc.nat({ max: 120_000 }),
      waits: fc.boolean(),
    }),
    { nil: undefined },
  ),
});

type Actor = typeof actor extends fc.Arbitrary<infer Value> ? Value : never;

it("however clocks differ, never have two the lock, and a dead one's is over two minutes later", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(actor, { minLength: 2, maxLength: 5 }), async (actors) => {
      const world = new World();
      await Promise.all(actors.map((each, index) => world.play(each, `actor ${index}`)));
      expect(world.overlaps).toEqual([]);
      // Whoever comes last finds it free, or left behind by the dead.
      const last = await world.patient("the last");
      await last.release();
      const read = await readState(world.store, never());
      expect(read?.state.lock).toBeUndefined();
    }),
    { numRuns: Number(process.env.LOCK_RUNS ?? 300) },
  );
});

class World {
  readonly store = new MemoryStateStore();
  readonly overlaps: string[] = [];
  readonly #clock = new EagerClock();
  readonly #begin = this.#clock.now();
  readonly #holders = new Set<string>();

  /** One process, from its start to its end. */
  async play(about: Actor, owner: string): Promise<void> {
    const { startMs, holdMs, diesAfterMs, skewMs } = about;
    await pause(this.#clock, startMs, never());
    const death = new AbortController();
    const clock = skewed(this.#clock, skewMs, death.signal);
    if (diesAfterMs !== undefined) {
      this.#clock.schedule(diesAfterMs, () => {
        death.abort();
        this.#holders.delete(owner);
      });
    }
    const dead = new Promise<void>((resolve) => {
      death.signal.addEventListener("abort", () => resolve());
    });
    await Promise.race([dead, this.#work(owner, holdMs, clock, this.#far(about, death.signal))]);
  }

  /** One that asks again, for two minutes, where it is refused. */
  async patient(
    owner: string,
    clock: Clock = this.#clock,
    store: StateStore = this.store,
  ): Promise<StateSession> {
    const until = clock.now() + 120_001;
    for (;;) {
      try {
        return await open(owner, clock, store);
      } catch (error) {
        if (!isLocked(error) || clock.now() > until) throw error;
        await pause(clock, 10_000, never());
      }
    }
  }

  async #work(owner: string, holdMs: number, clock: Clock, store: StateStore): Promise<void> {
    try {
      const session = await this.patient(owner, clock, store);
      if (session.ended.aborted) return;
      if (this.#holders.size > 0) {
        this.overlaps.push(`${owner} has it beside ${[...this.#holders].join(", ")}`);
      }
      this.#holders.add(owner);
      session.ended.addEventListener("abort", () => this.#holders.delete(owner));
      await pause(clock, holdMs, session.ended);
      this.#holders.delete(owner);
      await session.release();
    } catch (error) {
      if (!(error instanceof AlienError)) throw error;
    }
  }

  /** The store as one process sees it: far away, at times out of reach, and of no use to the dead. */
  #far({ startMs, latencyMs, cut }: Actor, death: AbortSignal): StateStore {
    const store = this.store;
    const away = async (signal: AbortSignal) => {
      await pause(this.#clock, latencyMs, signal);
      if (death.aborted) await new Promise(() => undefined);
      const at = this.#clock.now() - this.#begin - startMs;
      const leftMs = cut !== undefined && at >= cut.fromMs ? cut.fromMs + cut.forMs - at : 0;
      if (cut?.waits && leftMs > 0) await pause(this.#clock, leftMs, signal);
      if (death.aborted) await new Promise(() => undefined);
      if (signal.aborted) throw new AlienError("ABORTED", "aborted");
      if (leftMs > 0 && !cut?.waits) {
        throw new AlienError("SERVICE_UNAVAILABLE", "cut", { retryable: true });
      }
    };
    const over = async <Result>(signal: AbortSignal, call: () => Promise<Result>) => {
      await away(signal);
      const result = await call();
      await away(signal);
      return result;
    };
    return {
      url: store.url,
      read: (signal) => over(signal, () => store.read()),
      write: (text, replaced, signal) => over(signal, () => store.write(text, replaced)),
      close: () => store.close(),
    };
  }
}

function open(owner: string, clock: Clock, store: StateStore): Promise<StateSession> {
  const about = { owner, operation: "deploy", place: toyPlace, random: () => 0.5 };
  return StateSession.open(store, { ...about, clock, signal: never() });
}

/** The same seconds, from another time on; the dead see nothing of it. */
function skewed(clock: Clock, skewMs: number, death: AbortSignal): Clock {
  return {
    now: () => clock.now() + skewMs,
    schedule: (delayMs, run) => clock.schedule(delayMs, () => (death.aborted ? undefined : run())),
  };
}

function isLocked(error: unknown): boolean {
  return error instanceof AlienError && error.code === "STATE_LOCKED";
}
