import { expect, test } from "vitest";
import { Crew } from "./crew.ts";
import { World } from "./world.ts";

/** CI runs ten thousand others. */
const SEEDS = 200;
const TWICE = 20;

test(`nothing breaks in ${SEEDS} simulated worlds`, async () => {
  const crew = await Crew.form();
  const { worlds, broken } = await crew.run(1, SEEDS);
  crew.close();
  expect(broken).toEqual([]);
  expect(worlds).toBe(SEEDS);
});

test("a seed makes the same world each time", async () => {
  const different: number[] = [];
  const digests = new Set<string>();
  for (let seed = 1; seed <= TWICE; seed++) {
    const { digest, history } = await new World(seed).run();
    const again = await new World(seed).run();
    digests.add(digest);
    if (again.digest !== digest || again.history.length !== history.length) different.push(seed);
  }
  expect(different).toEqual([]);
  expect(digests.size).toBe(TWICE);
});
