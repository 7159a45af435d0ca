import type { Service } from "./faulty-world.ts";
import { type RunOptions, runSeed, type SeedVerdict } from "./run-seed.ts";

/** Runs the seeds, so many at a time: most of what a seed does is wait. */
export async function runSeeds(
  service: Service,
  seeds: readonly number[],
  atOnce: number,
  options?: RunOptions,
): Promise<readonly SeedVerdict[]> {
  const left = [...seeds];
  const verdicts: SeedVerdict[] = [];
  const work = async () => {
    for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
      verdicts.push(await runSeed(service, seed, options));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return verdicts.sort((a, b) => a.seed - b.seed);
}
