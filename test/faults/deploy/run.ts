// `npm run faults:deploy -- [--kills 200] [--seed n] [--planted] [--platform gcp | azure | cloudflare]`: processes that deploy and destroy are killed -9; prints what was done and exits 1 on any broken promise.
import { parseArgs } from "node:util";
import { campaign, killsOf } from "./campaign.ts";
import type { CourseVerdict } from "./course.ts";
import { planted } from "./planted.ts";
import { awsVendor, azureVendor, cloudflareVendor, googleVendor } from "./vendor.ts";

const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    /** Of the first course; the others follow. */
    seed: { type: "string" },
    /** How many courses at once. */
    at: { type: "string", default: "3" },
    /** Each planted mistake in place of the product as it is. */
    planted: { type: "boolean", default: false },
    /** "aws", which is installed with the peers, or "gcp", "azure" or "cloudflare", which need nothing. */
    platform: { type: "string", default: "aws" },
  },
});

const stops: (() => Promise<void>)[] = [];
const vendors = {
  aws: () => awsVendor((stop) => void stops.push(stop)),
  gcp: googleVendor,
  azure: azureVendor,
  cloudflare: cloudflareVendor,
};
const open = Object.entries(vendors).find(([name]) => name === values.platform)?.[1];
if (open === undefined) throw new Error(`there is no campaign on ${values.platform}`);
const vendor = await open();
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const shared = { vendor, seed, kills: Number(values.kills), atOnce: Number(values.at) };
let passed = 0;
let failed = 0;

if (values.planted) {
  for (const [index, { name, ...mistake }] of planted.entries()) {
    // Stages of its own: those that a mistake has left half done are in the way of nobody else.
    const own = { seed: seed + 1_000 * index, mistake, untilFound: true };
    const verdicts = await campaign({ ...shared, ...own });
    const noticed = verdicts.find(({ violations }) => violations.length > 0);
    const [words] = noticed?.violations[0]?.split("\n") ?? [];
    const found = noticed && `seed ${noticed.seed}, ${killsOf(verdicts)} kills: ${words}`;
    tell(
      noticed !== undefined,
      `${name}: ${found ?? `noticed by none of ${killsOf(verdicts)} kills`}`,
    );
  }
} else {
  const started = performance.now();
  const verdicts = await campaign(shared);
  for (const { seed: broken, violations } of verdicts) {
    for (const violation of violations) console.log(`  seed ${broken}: ${violation}`);
  }
  const seconds = Math.round((performance.now() - started) / 1_000);
  tell(
    verdicts.every(({ violations }) => violations.length === 0),
    `${summary(verdicts)}, ${seconds} s`,
  );
}
for (const stop of stops.reverse()) await stop();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function tell(good: boolean, words: string): void {
  console.log(`${good ? "passed" : "FAILED"}  ${words}`);
  if (good) passed += 1;
  else failed += 1;
}

function summary(verdicts: readonly CourseVerdict[]): string {
  const sum = (of: (verdict: CourseVerdict) => number) =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const kinds = new Map<string, number>();
  for (const { kills } of verdicts) {
    for (const [kind, count] of Object.entries(kills))
      kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  }
  return [
    `${verdicts.length} stages from seed ${seed}`,
    `${sum(({ processes }) => processes)} processes`,
    `${killsOf(verdicts)} killed (${[...kinds]
      .sort()
      .map(([kind, count]) => `${count} ${kind}`)
      .join(", ")})`,
    `${sum(({ keptOut }) => keptOut)} kept out by the lock of a dead one`,
    `${sum(({ calls }) => calls)} calls`,
    `${sum(({ made }) => made)} things made`,
  ].join(", ");
}
