import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { loadStack } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { lower } from "../../src/lower.ts";
import { codeOf, place } from "./lowered.ts";

const root = resolve(import.meta.dirname, "../../../../examples");
const examples = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(examples)("examples/%s becomes parts of Google Cloud", async (name) => {
  const { stack } = await loadStack(resolve(root, name, "alien.ts"));
  expect(Object.keys(lower(stack, place, codeOf(stack)).bindings).length).toBeGreaterThan(0);
});
