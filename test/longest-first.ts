import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Whose files take longest, the longest first; what is not named takes less than those. */
const LONG: readonly RegExp[] = [
  /controller-conformance\.test/,
  /\/peers\/examples-.*\.test/,
  /\/browser\/(pages|stage)\.test/,
  /\/peers\/deploy-.*\.test/,
  /\/peers\/(sqs|pubsub)-.*\.test/,
  /\/dev\.journey\.test/,
  /\/faults\/drivers\//,
  /\.journey\.test/,
  /\/journeys\//,
  /\/conformance\.test/,
];

/**
 * Begins with the files that take longest, so that none of them runs alone at the end. Where vitest remembers no earlier
 * run, as in a fresh clone, it goes by the size of the files, and the longest of all has twenty lines.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const usual = await super.sort(files);
    return usual.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

function rankOf({ moduleId }: TestSpecification): number {
  const index = LONG.findIndex((pattern) => pattern.test(moduleId));
  return index < 0 ? LONG.length : index;
}
