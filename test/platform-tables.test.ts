import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { platformLists } from "./platform-lists.ts";
import { root } from "./source-files.ts";

it.each(platformLists)("$file names every platform, and none that is not there", (list) => {
  const place = resolve(root, list.file);
  const written = list.written(readFileSync(place, "utf8"));
  if (process.env.UPDATE_PLATFORMS === "1") writeFileSync(place, written);
  expect(
    readFileSync(place, "utf8"),
    "UPDATE_PLATFORMS=1 npx vitest run test/platform-tables.test.ts writes it",
  ).toBe(written);
});
