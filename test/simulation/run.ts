// `npm run sim -- [--seeds 1000] [--from 1]`, `--seed n [--turns n] [--trace]`, or `--planted`: simulated worlds; exits 1
// where one breaks a promise or, with mistakes planted, where none does.
import { parseArgs } from "node:util";
import { Crew, EndlessWorld } from "./crew.ts";
import { changeOf, planted } from "./planted.ts";
import { World } from "./world.ts";

/** Of the seeds that break something, so many are told in full. */
const TOLD = 5;
/** Each planted mistake must break something within so many worlds; some do in one of hundreds only. */
const MOST_PLANTED = 4_000;

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    turns: { type: "string" },
    planted: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
const fine = values.planted
  ? await plantAll()
  : values.seed === undefined
    ? await many(Number(values.from), Number(values.seeds))
    : await one(Number(values.seed), values.turns === undefined ? undefined : Number(values.turns));
process.exitCode = fine ? 0 : 1;

async function plantAll(): Promise<boolean> {
  let missed = 0;
  for (const mistake of planted) {
    const { name, endless } = mistake;
    const crew = await Crew.form([changeOf(mistake)]);
    const seed = await crew.firstBroken(MOST_PLANTED).catch((error: unknown) => {
      if (endless === true && error instanceof EndlessWorld) return error.first;
      throw error;
    });
    crew.close();
    if (seed === undefined) missed++;
    console.log(`${seed === undefined ? "MISSED" : `seed ${seed}`}: ${name}`);
  }
  console.log(`${planted.length} planted, ${missed} missed`);
  return missed === 0;
}

async function many(from: number, count: number): Promise<boolean> {
  const crew = await Crew.form();
  const started = performance.now();
  const { worlds, events, broken, tally } = await crew.run(from, count, (done) => {
    if (done % 1_000 === 0) console.error(`${done} of ${count}`);
  });
  for (const [name, times] of Object.entries(tally).sort()) console.log(`${times} x ${name}`);
  for (const { seed, violations } of broken.slice(0, TOLD)) await tell(crew, seed, violations);
  for (const { seed, violations } of broken.slice(TOLD)) {
    console.log(`seed ${seed}: ${violations[0]}`);
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  crew.close();
  console.log(`${worlds} worlds, ${events} events, ${seconds} s, ${broken.length} broken`);
  return broken.length === 0;
}

/** What broke, and how to see it in the shortest world of this seed that breaks too. */
async function tell(crew: Crew, seed: number, violations: readonly string[]): Promise<void> {
  console.log(`seed ${seed}:`);
  for (const violation of violations.slice(0, 5)) console.log(`  ${violation}`);
  const { operations } = new World(seed).setting;
  for (let turns = 2; turns < operations; turns += 2) {
    const { broken } = await crew.one(seed, turns);
    if (broken[0] === undefined) continue;
    console.log(`  with ${turns} of ${operations} turns: ${broken[0].violations[0]}`);
    console.log(`  npm run sim -- --seed ${seed} --turns ${turns} --trace`);
    return;
  }
  console.log(`  npm run sim -- --seed ${seed} --trace`);
}

async function one(seed: number, turns: number | undefined): Promise<boolean> {
  const crew = await Crew.form();
  const { broken, events } = await crew.one(seed, turns, values.trace);
  crew.close();
  for (const { violations } of broken) for (const violation of violations) console.log(violation);
  console.log(
    `seed ${seed}, ${events} events, ${broken.length === 0 ? "nothing" : "something"} broken`,
  );
  return broken.length === 0;
}
