import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Replacement } from "../../simulation/bundle.ts";
import { bundle } from "./bundle.ts";
import { Course, type CourseVerdict } from "./course.ts";
import type { Vendor } from "./vendor.ts";

export interface CampaignOptions {
  readonly vendor: Vendor;
  readonly seed: number;
  /** Courses are begun until there were so many. */
  readonly kills: number;
  /** Courses at once. */
  readonly atOnce: number;
  readonly mistake?: Replacement;
  /** Ends at the first course that finds something. */
  readonly untilFound?: boolean;
}

/** Runs courses until enough processes were killed. */
export async function campaign(options: CampaignOptions): Promise<readonly CourseVerdict[]> {
  const { vendor, seed, kills, atOnce, mistake, untilFound = false } = options;
  const directory = mkdtempSync(join(tmpdir(), "alien-kills-"));
  const verdicts: CourseVerdict[] = [];
  let next = seed;
  const isOver = () =>
    killsOf(verdicts) >= kills ||
    (untilFound && verdicts.some((each) => each.violations.length > 0));
  try {
    const looking = join(directory, "looking.mjs");
    const killed = mistake === undefined ? looking : join(directory, "killed.mjs");
    await bundle(vendor.actor, looking);
    if (mistake !== undefined) await bundle(vendor.actor, killed, mistake);
    const scripts = { killed, looking };
    const work = async () => {
      while (!isOver()) {
        const wire = await vendor.openWire();
        verdicts.push(await new Course(next++, { scripts, vendor, directory, wire }).run());
        await wire.close();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  } finally {
    rmSync(directory, { recursive: true });
  }
  return verdicts.sort((one, other) => one.seed - other.seed);
}

/** How many processes were killed. */
export function killsOf(verdicts: readonly CourseVerdict[]): number {
  return verdicts.reduce((sum, { kills }) => sum + total(kills), 0);
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
