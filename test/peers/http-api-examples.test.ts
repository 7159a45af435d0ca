import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it, onTestFinished } from "vitest";
import { inTemporaryDirectory } from "../../examples/in-temporary-directory.ts";
import { Program } from "../../examples/program.ts";
import { Project } from "../../packages/cli/test/journey.ts";
import { blocksOf } from "../journeys/snippets/blocks.ts";

const document = "docs/http-api.md";
const blocks = blocksOf(
  document,
  readFileSync(new URL(`../../${document}`, import.meta.url), "utf8"),
);
const hasCargo = spawnSync("cargo", ["--version"]).status === 0;

/** What runs beside `alien dev` in a project of its own, which has what the document shows in this language. */
async function besideDev(language: string, file: string, ...command: readonly string[]) {
  const shown = blocks.filter((block) => block.language === language);
  expect(shown).toHaveLength(1);
  const project = await Project.create({
    "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
export default new alien.Stack("shown").add(tasks).build();
`,
    [file]: shown[0]?.text ?? "",
    "Cargo.toml": '[package]\nname = "shown"\nversion = "0.1.0"\nedition = "2021"\n',
  });
  onTestFinished(() => project.remove());
  return project.alien("dev", "--", ...command);
}

it("what the document shows in Python sends, receives and acknowledges", async () => {
  const { status, stdout, stderr } = await besideDev("python", "tasks.py", "python3", "tasks.py");
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  expect(stdout).toContain("image 123 at attempt 1");
});

it.runIf(hasCargo)("what it shows in Rust does the same", async () => {
  const { status, stdout, stderr } = await besideDev(
    "rust",
    "src/main.rs",
    "cargo",
    "run",
    "--quiet",
  );
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  expect(stdout).toContain('acknowledged {"results":[{"applied":true}]}');
});

it("a program in Python sends, receives and acknowledges with nothing but HTTP", () =>
  inTemporaryDirectory(async (directory) => {
    const program = new Program("./http-api", "start", directory);
    expect(await program.ends(), program.lines.join("\n")).toBe(0);
    const said = program.lines.join("\n");
    expect(said).toContain("order 12345678901234567890 at attempt 1");
    expect(said).toContain("job SUCCEEDED");
    expect(said).toContain('UNKNOWN_QUEUE: there is no queue "order" Did you mean orders?');
  }));

it("a script of the shell does the same with curl", () =>
  inTemporaryDirectory(async (directory) => {
    const program = new Program("./http-api", "shell", directory);
    expect(await program.ends(), program.lines.join("\n")).toBe(0);
    expect(program.lines.join("\n")).toContain("order 12345678901234567890");
    expect(program.lines.join("\n")).toContain('{"results":[{"applied":true}]}');
  }));

it.runIf(hasCargo)("a program in Rust does the same with its standard library", () =>
  inTemporaryDirectory(async (directory) => {
    const program = new Program("./http-api", "rust", directory);
    expect(await program.ends(), program.lines.join("\n")).toBe(0);
    expect(program.lines.join("\n")).toContain("order 12345678901234567890");
    expect(program.lines.join("\n")).toContain('{"results":[{"applied":true}]}');
  }),
);
