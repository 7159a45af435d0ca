// `npm run faults -- [--only kill,fsync,…] [--cycles 200] [--seed n]`: the fault campaign; prints a table and exits 1 on any broken promise.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { prepareActors } from "./actors.ts";
import { flipCampaign } from "./flips.ts";
import { fsyncCampaign } from "./fsync.ts";
import { fullDiskCampaign } from "./full-disk.ts";
import { killCampaign } from "./kill.ts";
import { tornCampaign } from "./torn.ts";

/** One line of the fault table. */
export interface Row {
  readonly fault: string;
  readonly done: string;
  readonly violations: readonly string[];
}

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "kill,fsync,torn,flips,full-disk" },
    cycles: { type: "string", default: "200" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const cycles = Number(values.cycles);
const seed = Number(values.seed);
// Inside the repository, so that the bundled actors find node_modules.
const root = fileURLToPath(new URL("../../out/faults/", import.meta.url));
mkdirSync(root, { recursive: true });
const folder = mkdtempSync(join(root, "run-"));
console.error(`seed ${seed}, folder out/faults/${folder.split("/").at(-1)}`);

const actors = await prepareActors(folder);
const inside = (name: string): string => {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
};
const campaigns: Record<string, () => Promise<Row>> = {
  kill: async () => {
    const verdict = await killCampaign({
      folder: inside("kill"),
      cycles,
      seed,
      senders: 4,
      consumers: 4,
      actors,
      onCycle: (cycle) => {
        if (cycle % 20 === 0) console.error(`kill: ${cycle} of ${cycles}`);
      },
    });
    const { violations, ...counts } = verdict;
    return { fault: "F1 F8 kill -9 under load", done: words({ cycles, ...counts }), violations };
  },
  fsync: () => fsyncCampaign(inside("fsync"), actors, cycles),
  torn: () => tornCampaign(inside("torn")),
  flips: () => flipCampaign(inside("flips"), seed, Math.max(100, cycles / 2)),
  "full-disk": () => fullDiskCampaign(inside("full-disk")),
};

const rows: Row[] = [];
for (const name of values.only.split(",")) {
  const campaign = campaigns[name];
  if (campaign === undefined) {
    console.error(`no campaign is called ${name}; there are ${Object.keys(campaigns).join(", ")}`);
    process.exit(2);
  }
  const row = await campaign();
  rows.push(row);
  console.log(`${row.violations.length === 0 ? "passed" : "FAILED"}  ${row.fault}: ${row.done}`);
  for (const violation of row.violations.slice(0, 20)) console.log(`        ${violation}`);
}
const failed = rows.filter((row) => row.violations.length > 0).length;
if (failed === 0) rmSync(folder, { recursive: true });
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

function words(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(", ");
}
