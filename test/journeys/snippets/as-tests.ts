import { rmSync } from "node:fs";
import { afterAll, describe } from "vitest";
import { type Block, placeOf } from "./blocks.ts";
import { isTest, pages, projectFor, temporaryHome, writeBlock } from "./pages.ts";

/** Those of the tests that documents show become tests of the file that calls it. */
export function runAsTests(which: (block: Block) => boolean): void {
  const home = temporaryHome();
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const shown = pages()
    .flatMap(({ blocks }) => blocks)
    .filter((block) => isTest(block) && block.excuse === undefined);
  for (const block of shown.filter(which)) {
    const file = writeBlock(projectFor(home, block.path), block);
    describe(placeOf(block), async () => {
      await import(/* @vite-ignore */ file);
    });
  }
}

/** It imports a worker, whose handlers are there from then on, in the whole process. */
export function importsWorker({ text }: Block): boolean {
  return /^import ".*\/worker\.ts"/m.test(text);
}
