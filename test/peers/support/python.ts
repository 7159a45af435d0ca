import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { installed } from "./installed.ts";

/** What a script may be given beside its arguments. */
export interface PythonOptions {
  /** Its standard input. */
  readonly input?: string;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a Python script in the environment of test/peers/python/requirements.txt (azure-servicebus and others) and
 * resolves with what it wrote. Rejects with its standard error where it does not end with 0.
 */
export async function python(
  script: string,
  args: readonly string[] = [],
  { input = "", signal }: PythonOptions = {},
): Promise<string> {
  const child = spawn(installed("python", "bin", "python"), [script, ...args], { signal });
  child.stdin.on("error", () => undefined).end(input);
  const [output, errors, [code, killedBy]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  if (code !== 0) throw new Error(`${script} ended with ${code ?? killedBy}:\n${errors}`);
  return output;
}
