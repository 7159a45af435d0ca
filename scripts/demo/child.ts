import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const FROM_SOURCE = ["--conditions=@alienplatform/source", "--import", "tsx"];

/** What every process of the demo gets. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  /** Ends the processes. */
  readonly signal: AbortSignal;
}

/** Starts a program of this repository from its source; what it says on stderr goes to ours. */
export function start(
  program: string,
  args: readonly string[],
  { environment, signal }: Surroundings,
): ChildProcess {
  return spawn(process.execPath, [...FROM_SOURCE, program, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...environment },
    signal,
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Runs it to its end; answers the lines it wrote, and throws where it failed. */
export async function run(
  program: string,
  args: readonly string[],
  surroundings: Surroundings,
): Promise<readonly string[]> {
  const child = start(program, args, surroundings);
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with status ${code}`);
  return output.split("\n").filter((line) => line !== "");
}
