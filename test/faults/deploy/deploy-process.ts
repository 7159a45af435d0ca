import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import type { Job, Report } from "./job.ts";
import type { CallKill, Wire } from "./wire.ts";

/** For what hangs. */
const ENDS_WITHIN_MS = 300_000;

/** What became of a process; undefined where it was killed as planned. */
export type Ended = Report | undefined;

/** Runs one process to its end, which is a kill where `killAt` or the job says so and it comes so far. */
export async function runProcess(
  script: string,
  job: Job,
  wire: Wire,
  killAt: CallKill | undefined,
): Promise<Ended> {
  const child = spawn(process.execPath, [script, JSON.stringify(job)], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...wire.environment },
  });
  const gone = once(child, "exit");
  const output = Promise.all([text(child.stdout), text(child.stderr)]);
  let killed = false;
  wire.begin(killAt, async () => {
    killed = true;
    child.kill("SIGKILL");
    await gone;
  });
  const alarm = setTimeout(() => child.kill("SIGABRT"), ENDS_WITHIN_MS);
  const [code, signal]: (string | number | null)[] = await gone;
  clearTimeout(alarm);
  const [told, errors] = await output;
  await wire.quiet();
  if (signal === "SIGKILL" && (killed || job.killAt !== undefined)) return undefined;
  if (code === 0 && errors === "") return JSON.parse(told);
  return { ok: false, code: String(code ?? signal), message: errors };
}
