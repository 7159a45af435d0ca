import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { root } from "../source-files.ts";
import { replaceOnce } from "./bundle.ts";
import { Crew } from "./crew.ts";
import { changeOf, planted } from "./planted.ts";

/** Those that few worlds notice are left to `npm run sim -- --planted`, which CI runs. */
const QUICK = 2;
const MOST = 200;

test("each planted mistake has its place in the product", () => {
  for (const mistake of planted) {
    const change = changeOf(mistake);
    const text = readFileSync(resolve(root, change.file), "utf8");
    expect(replaceOnce(text, change)).not.toBe(text);
  }
});

for (const mistake of planted.slice(0, QUICK)) {
  test(`a world notices that ${mistake.name}`, async () => {
    const crew = await Crew.form([changeOf(mistake)]);
    const seed = await crew.firstBroken(MOST);
    crew.close();
    expect(seed).toBeLessThanOrEqual(MOST);
  });
}
