import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { inTemporaryDirectory } from "../../examples/in-temporary-directory.ts";
import { Program } from "../../examples/program.ts";

const hasCargo = spawnSync("cargo", ["--version"]).status === 0;

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
