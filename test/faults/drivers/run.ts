// `npm run faults:drivers -- [--only fauxqs,moto,…] [--seeds 20] [--seed n] [--planted]`: drivers on wires that do harm; prints a table and exits 1 on any broken promise.
import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { Service } from "./faulty-world.ts";
import { planted } from "./planted.ts";
import type { SeedVerdict } from "./run-seed.ts";
import { runSeeds } from "./run-seeds.ts";
import { services } from "./services.ts";

/** Sessions are run by hand: each is a link, and twenty seeds of them are more than two cores keep up with. */
const usual = Object.keys(services).filter((name) => name !== "service-bus-sessions");

/** Of Service Bus among the others; its SDK does more for each call than theirs. */
const FEW = 7;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: usual.join(",") },
    /** How many; 20 unless told otherwise, and one where the first is named. */
    seeds: { type: "string" },
    /** The first of them, or the only one. */
    seed: { type: "string" },
    /** Milliseconds. */
    lease: { type: "string", default: "2000" },
    /** How many at once. */
    at: { type: "string", default: "20" },
    /** Each planted mistake in place of the drivers as they are. */
    planted: { type: "boolean", default: false },
  },
});

process.env.AWS_ACCESS_KEY_ID ??= "any";
process.env.AWS_SECRET_ACCESS_KEY ??= "any";

const folder = "out/faults/drivers";
mkdirSync(folder, { recursive: true });
const first = Number(values.seed ?? Date.now() % 1_000_000);
const count = Number(values.seeds ?? (values.seed === undefined ? 20 : 1));
const seeds = Array.from({ length: count }, (_, index) => first + index);
const leaseMs = Number(values.lease);
const atOnce = Number(values.at);
let passed = 0;
let failed = 0;
const tell = (good: boolean, words: string): void => {
  console.log(`${good ? "passed" : "FAILED"}  ${words}`);
  if (good) passed += 1;
  else failed += 1;
};

for (const name of values.only.split(",")) {
  const open = services[name];
  if (open === undefined) {
    console.error(`no service is called ${name}; there are ${Object.keys(services).join(", ")}`);
    process.exit(2);
  }
  const service = await open();
  const few = name === "service-bus" && values.only === usual.join(",");
  const some = few ? seeds.slice(0, FEW) : seeds;
  if (values.planted) await plant(service, some);
  else await campaign(service, some);
  await service.close();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
// Drivers that were closed hold nothing that keeps a process up, but for the minute that the SDK of Service Bus waits for
// the answer to an outcome, whatever became of its connection.
setTimeout(() => {
  console.log(`the process does not end: ${process.getActiveResourcesInfo().join(", ")}`);
  process.exit(1);
}, 75_000).unref();

async function campaign(service: Service, seeds: readonly number[]): Promise<void> {
  const verdicts = await runSeeds(service, seeds, atOnce, { leaseMs });
  const broken = verdicts.filter(({ violations }) => violations.length > 0);
  for (const { seed, plan, violations, history } of broken) {
    const file = `${folder}/${service.name.replaceAll(/[^A-Za-z]+/g, "-")}-${seed}.ndjson`;
    writeFileSync(file, history.map((event) => `${JSON.stringify(event)}\n`).join(""));
    console.log(`  seed ${seed} of ${service.name}, ${plan}; history in ${file}:`);
    for (const violation of violations.slice(0, 12)) console.log(`        ${violation}`);
  }
  const sum = (of: (verdict: SeedVerdict) => number) =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const done = [
    `${seeds.length} seeds from ${first}`,
    `${sum(({ faults }) => faults)} faults`,
    `${sum(({ sent }) => sent)} sends answered`,
    `${sum(({ inDoubt }) => inDoubt)} in doubt (${sum(({ recovered }) => recovered)} of them stored)`,
    `${sum(({ deliveries }) => deliveries)} deliveries`,
    `${sum(({ acked }) => acked)} acknowledged`,
    `${sum(({ dead }) => dead)} dead`,
  ].join(", ");
  tell(broken.length === 0, `${service.name}: ${done}`);
}

/** Each mistake is noticed by one seed at least; there are no more runs than it takes. */
async function plant(service: Service, seeds: readonly number[]): Promise<void> {
  for (const [name, mistake] of Object.entries({ ...planted, ...service.planted })) {
    let tried = 0;
    let noticed: SeedVerdict | undefined;
    while (noticed === undefined && tried < seeds.length) {
      const some = seeds.slice(tried, tried + atOnce);
      tried += some.length;
      const verdicts = await runSeeds(service, some, atOnce, { leaseMs, mistake });
      noticed = verdicts.find(({ violations }) => violations.length > 0);
    }
    const words =
      noticed === undefined
        ? `noticed by none of ${tried} seeds`
        : `noticed by seed ${noticed.seed}: ${noticed.violations[0]}`;
    tell(noticed !== undefined, `${service.name}, ${name}: ${words}`);
  }
}
