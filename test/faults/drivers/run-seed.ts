import { once } from "node:events";
import { QueueClient, type QueueDriver, type QueueOptions } from "@alienplatform/bindings";
import type { Chance } from "../../simulation/chance.ts";
import { check, type Verdict } from "../checker.ts";
import { monotonic, type Recorded } from "../history.ts";
import { chanceOf } from "./chance.ts";
import { checkTold } from "./check-told.ts";
import { receive, runConsumer, settleOnce } from "./consumer.ts";
import type { FaultyWorld, Service } from "./faulty-world.ts";
import { type Payload, runSender } from "./sender.ts";
import { tapped } from "./tap.ts";
import { Witness } from "./witness.ts";

/** Changes a driver before a campaign looks at it: a mistake that it is to find. */
export type Mistake = (driver: QueueDriver) => QueueDriver;

export interface SeedVerdict extends Verdict {
  readonly seed: number;
  /** Which faults the seed has, in words. */
  readonly plan: string;
  /** Requests that met one. */
  readonly faults: number;
  readonly history: readonly Recorded[];
}

/** What a campaign changes of a run. */
export interface RunOptions {
  readonly mistake?: Mistake;
  /** 2,000 unless told otherwise: on a busy machine shorter leases end before anything can be promised. */
  readonly leaseMs?: number;
  /** 80 unless told otherwise. */
  readonly messages?: number;
}

/** As declared by the campaign's own stack. */
function optionsOf(seed: number, leaseMs: number): QueueOptions {
  const chance = chanceOf(seed, "options");
  return {
    maxAttempts: chance.int(2, 5),
    backoff: { initialMs: 50, factor: 2, maxMs: 400, jitter: "full" },
    leaseMs,
    retentionMs: 86_400_000,
    idempotency: { conflict: "original" },
  };
}

/**
 * One seed: two senders and two consumers on a queue whose wire does harm, then calm, a full drain, and the checker
 * over what everybody saw.
 */
export async function runSeed(
  service: Service,
  seed: number,
  { mistake = (driver) => driver, leaseMs = 2_000, messages = 80 }: RunOptions = {},
): Promise<SeedVerdict> {
  const witness = new Witness();
  const options = optionsOf(seed, leaseMs);
  const faulty = await service.open(seed, options, witness);
  const { plan, toleranceMs, world, endsWithinMs = 300_000 } = faulty;
  let stage = "the storm";
  const running = async () => {
    await storm(faulty, seed, witness, mistake, messages);
    stage = "the drain";
    plan.calm();
    await drain(faulty, seed, witness, mistake);
    stage = "the end";
    await faulty.close();
  };
  const late = new AbortController();
  const alarm = setTimeout(() => late.abort(), endsWithinMs);
  try {
    await Promise.race([running(), once(late.signal, "abort").then(() => Promise.reject(late))]);
  } catch (error) {
    const why = error === late ? `does not end within ${endsWithinMs / 1_000} s` : String(error);
    witness.violations.push(`${stage}: ${why}`);
  } finally {
    clearTimeout(alarm);
  }
  const { maxAttempts } = options;
  const { fencing } = world.driver.capabilities;
  const verdict = check(witness.history, { maxAttempts, toleranceMs, fencing });
  const violations = [
    ...new Set([...witness.violations, ...checkTold(witness), ...verdict.violations]),
  ];
  const { history, faults } = witness;
  return { ...verdict, violations, seed, plan: plan.words, faults: faults.length, history };
}

async function storm(
  { world }: FaultyWorld,
  seed: number,
  witness: Witness,
  mistake: Mistake,
  messages: number,
): Promise<void> {
  const { capabilities } = world.driver;
  const { leaseMs } = world.options;
  const over = new AbortController();
  const clients = await Promise.all(
    ["a", "b"].map((name) => connect(world, witness, mistake, chanceOf(seed, name))),
  );
  const consuming = clients.map((tasks, index) =>
    runConsumer({
      name: `consumer-${index}`,
      tasks,
      witness,
      seed,
      leaseMs,
      retryDelays: capabilities.retryDelay.maxMs > 0,
      extends: capabilities.extend,
      signal: over.signal,
    }),
  );
  const sending = clients.map((tasks, index) =>
    runSender({
      name: `sender-${index}`,
      tasks,
      witness,
      chance: chanceOf(seed, "sender", index),
      fifo: world.options.fifo !== undefined,
      delays: capabilities.delayMaxMs > 0,
      count: messages / 2,
    }),
  );
  await Promise.all(sending);
  // Long enough for a lease to end and a retry to come back under faults.
  await world.clock.advance(2 * leaseMs);
  over.abort();
  await Promise.all(consuming);
  await Promise.all(clients.map((tasks) => tasks.close()));
}

/** Takes and acknowledges until nothing has come for so long that nothing can, then empties the dead letters. */
async function drain(
  { world, quietMs }: FaultyWorld,
  seed: number,
  witness: Witness,
  mistake: Mistake,
): Promise<void> {
  const tasks = await connect(world, witness, mistake, chanceOf(seed, "drain"));
  const { leaseMs } = world.options;
  const name = "drain";
  // Looks that found nothing count too: while the machine stands still, nothing can come.
  for (
    let last = monotonic(), looks = 0;
    monotonic() < last + quietMs || looks < quietMs / 1_000;
  ) {
    const messages = await receive({ name, tasks, witness, leaseMs }, 100, "1s");
    looks = messages.length > 0 ? 0 : looks + 1;
    await Promise.all(
      messages.map((message) => settleOnce({ name, tasks, witness }, message, "ack")),
    );
    if (messages.length > 0) last = monotonic();
  }
  // A look shows no more than the first of each group: what is seen makes room for the next.
  for (;;) {
    const letters = (await world.operator?.deadLetters({ limit: 500 })) ?? [];
    for (const { id, body, attempts } of letters) {
      // The campaign's own payload.
      const { key } = JSON.parse(String(body)) as Payload;
      witness.write(name, { kind: "dead", key, id, attempts });
    }
    if (letters.length === 0) break;
    await world.operator?.discard(letters.map(({ id }) => id));
  }
  await tasks.close();
}

async function connect(
  world: FaultyWorld["world"],
  witness: Witness,
  mistake: Mistake,
  { next: random }: Chance,
): Promise<QueueClient<Payload>> {
  const driver = (await world.another?.()) ?? world.driver;
  return new QueueClient<Payload>(tapped(mistake(driver), witness), {
    queue: world.queue,
    options: world.options,
    clock: world.clock,
    random,
  });
}
