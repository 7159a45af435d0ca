import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Block } from "./blocks.ts";

/** What a block that was typed has printed. */
export interface Printed {
  readonly stdout: string;
  /** Of both streams, the data first. */
  readonly lines: readonly string[];
}

/** What documents are typed with beside Node. */
const PROGRAMS = [
  ["bash", "--version"],
  ["curl", "--version"],
  ["env", "-0"],
] as const;

/** The first of the programs that this machine lacks; undefined where it has all. */
export function lackingProgram(): string | undefined {
  const lacking = PROGRAMS.find((line) => spawnSync(line[0], line.slice(1)).status !== 0);
  return lacking?.join(" ");
}

/** Types a block into bash; a line that fails is an error. `before` is typed before each line. */
export function type(
  block: Block,
  {
    folder,
    environment,
    before,
  }: { folder: string; environment: NodeJS.ProcessEnv; before?: string | undefined },
): Promise<Printed> {
  const file = join(folder, `block-${block.line}.sh`);
  const lines = block.text.replaceAll(/^\$ /gm, "");
  const text = before === undefined ? lines : lines.replaceAll(/^(?=[^#\s])/gm, `${before}\n`);
  writeFileSync(file, text);
  const args = ["-eu", "-o", "pipefail", file];
  return new Promise((resolve, reject) => {
    execFile("bash", args, { cwd: folder, env: environment }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`${error.message}\n${stdout}`));
      resolve({ stdout, lines: [...stdout.split("\n"), ...stderr.split("\n")] });
    });
  });
}
