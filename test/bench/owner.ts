import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { OwnerReport, OwnerTask } from "./children/owner.ts";
import type { OpenContender } from "./contender.ts";
import type { Durability } from "./line.ts";
import { openOurs } from "./ours.ts";

/** Another process that opened the store and did its task; it stays the owner until it is killed. */
export interface Owner {
  readonly report: OwnerReport;
  kill(): Promise<void>;
}

/** Starts a process that owns the store in the task's directory. */
export async function startOwner(task: OwnerTask): Promise<Owner> {
  const child: ChildProcess = fork(await bundled(), [JSON.stringify(task)]);
  const exited = once(child, "exit");
  const [report] = await Promise.race([once(child, "message"), exited.then(tooEarly)]);
  return {
    // The child sends nothing but its report.
    report: report as OwnerReport,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Ours over the socket: another process owns the store. */
export function openRemote(durability: Durability): OpenContender {
  return async (directory) => {
    const owner = await startOwner({ directory, durability, send: 1, receive: 1 });
    const ours = await openOurs(directory, durability);
    return {
      ...ours,
      async close() {
        await ours.close();
        await owner.kill();
      },
    };
  };
}

function tooEarly([code]: unknown[]): never {
  throw new Error(`the owner process ended with status ${code} before it reported`);
}

/** One plain JavaScript file: a TypeScript loader in the process would be counted in its memory. */
async function bundled(): Promise<string> {
  const outfile = fileURLToPath(new URL("../../.cache/bench/owner.mjs", import.meta.url));
  await build({
    entryPoints: [fileURLToPath(new URL("./children/owner.ts", import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@alienplatform/source"],
    external: ["classic-level", "memory-level", "abstract-level", "esbuild"],
    logLevel: "error",
  });
  return outfile;
}
