import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";
import { loadStack } from "@alienplatform/deploy";
import { afterAll, expect, test } from "vitest";
import { cloudFormation } from "../../packages/aws/src/export/cloudformation.ts";
import { exporters } from "../../packages/aws/src/exporters.ts";
import { here, lowered } from "../../packages/aws/test/export/exported-stack.ts";
import { codeOf, place } from "../../packages/aws/test/lower/lowered.ts";
import { root } from "../source-files.ts";
import { installed } from "./support/installed.ts";

const folder = await mkdtemp(join(tmpdir(), "alien-lint-"));
afterAll(() => rm(folder, { recursive: true }));

/** What AWS's own judge of templates has to say of some, not even an advice left out. */
async function findingsOf(templates: Readonly<Record<string, string>>): Promise<string> {
  const files = await Promise.all(
    Object.entries(templates).map(async ([name, template]) => {
      await mkdir(join(folder, name), { recursive: true });
      const file = join(folder, name, "template.json");
      await writeFile(file, template);
      return file;
    }),
  );
  const args = ["--include-checks", "I", "--", ...files];
  const child = spawn(installed("python", "bin", "cfn-lint"), args, {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [found, errors] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  return found + errors;
}

test("cfn-lint finds nothing in the templates of the examples, and of a stack that has everything", async () => {
  const examples = resolve(root, "examples");
  const templates: Record<string, string> = { everything: cloudFormation(lowered, here) };
  for (const entry of await readdir(examples, { withFileTypes: true })) {
    // Its queue keeps results, which AWS does not.
    if (!entry.isDirectory() || entry.name === "jobs") continue;
    const { stack } = await loadStack(join(examples, entry.name, "alien.ts"));
    templates[entry.name] = exporters.cloudformation(stack, place, codeOf(stack)).text;
  }
  expect(Object.keys(templates).length).toBeGreaterThan(10);
  expect(await findingsOf(templates)).toBe("");
});

test("cfn-lint looks: it finds what Lambda does not take", async () => {
  const parts = lowered.parts.map((part) =>
    part.type === "event-source-mapping"
      ? { ...part, config: { ...part.config, maximumConcurrency: 1 } }
      : part,
  );
  const wrong = cloudFormation({ ...lowered, parts }, here);
  expect(await findingsOf({ wrong })).toContain("E3034 1 is less than the minimum of 2");
});
