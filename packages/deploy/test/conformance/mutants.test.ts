import { expect, it } from "vitest";
import { conformanceCases, runCase } from "../../conformance/index.ts";
import { mutants } from "./mutants.ts";
import { openToyWorld, toyCases } from "./toy.ts";

const sentences = Object.values(conformanceCases).flat();

for (const [name, mutate] of Object.entries(mutants)) {
  it(`the suite catches it where ${name}`, async () => {
    expect(await caught(mutate)).toBeDefined();
  });
}

/** The first sentence that a cloud breaks. */
async function caught(mutate: (typeof mutants)[string]): Promise<string | undefined> {
  for (const about of toyCases) {
    for (const one of sentences.filter(({ whyNot }) => whyNot?.(about) === undefined)) {
      try {
        await runCase(one, about, () => openToyWorld(mutate));
      } catch (error) {
        return `${about.name}: ${one.name}: ${String(error)}`;
      }
    }
  }
  return undefined;
}
