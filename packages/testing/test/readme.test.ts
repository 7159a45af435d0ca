import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
mkdirSync(join(root, ".cache"), { recursive: true });
// Inside the checkout, so that the packages are found as a user's project finds them.
const project = mkdtempSync(join(root, ".cache/testing-readme-"));
afterAll(() => rmSync(project, { recursive: true }));

const configuration = `export default {
  resolve: { conditions: ["@alienplatform/source"] },
  ssr: { resolve: { conditions: ["@alienplatform/source"] } },
};
`;

test("the examples of the README pass in a project of their own", () => {
  cpSync(join(root, "packages/cli/templates/basic"), project, { recursive: true });
  const stack = readFileSync(join(project, "alien.ts"), "utf8");
  writeFileSync(join(project, "alien.ts"), stack.replace("{{name}}", "hello"));
  writeFileSync(join(project, "vitest.config.ts"), configuration);
  const blocks = [...readme.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1] ?? "");
  for (const [index, block] of blocks.entries()) {
    const name = /^\/\/ ([\w./-]+\.ts)\b/.exec(block)?.[1] ?? `readme-${index + 1}.test.ts`;
    mkdirSync(dirname(join(project, name)), { recursive: true });
    writeFileSync(join(project, name), block);
  }
  const report = vitest(
    ...["run", "--root", project, "--reporter", "json"],
    ...["--pool", "threads", "--maxWorkers", "1"],
  );
  expect(report).toMatchObject({ numPassedTests: blocks.length, numFailedTests: 0 });
}, 180_000);

function vitest(...args: readonly string[]): unknown {
  const { VITEST: _, ...env } = process.env;
  const main = join(root, "node_modules/vitest/vitest.mjs");
  try {
    return JSON.parse(
      execFileSync(process.execPath, [main, ...args], { env, stdio: "pipe" }).toString(),
    );
  } catch (error) {
    // execFileSync rejects with what the process printed; a failed test is in the report.
    const { stdout = "" } = error as { stdout?: Buffer | string };
    throw new Error(String(stdout), { cause: error });
  }
}
