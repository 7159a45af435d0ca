import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { target as aws } from "@alienplatform/aws/deploy";
import { target as azure } from "@alienplatform/azure/deploy";
import { target as cloudflare } from "@alienplatform/cloudflare/deploy";
import { bundleFunction, type FunctionTarget, loadStack } from "@alienplatform/deploy";
import { target as gcp } from "@alienplatform/gcp/deploy";
import type { Case } from "../case.ts";
import { oursAtMost } from "../line.ts";
import { interleave } from "../measure.ts";

const HOME = fileURLToPath(new URL("../.alien/", import.meta.url));
const TIMES = 15;
const TARGETS: readonly FunctionTarget[] = [aws, gcp, azure, cloudflare];
/** Of the function for SQS, which is loaded at every cold start. */
const MOST_BYTES = 350_000;
const MOST_MS = 150;

const WORKER = `import { onQueueMessage, queue } from "@alienplatform/sdk";
onQueueMessage("tasks", async ({ payload }) => {
  const mails = await queue("mails");
  await mails.send("mails", payload);
});
`;

const ALIEN = `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
const mails = new alien.Queue("mails").build();
new alien.Function("worker").trigger(tasks).link(mails).build();
`;

/** The size of a function that handles one queue and sends to another, and how long one core takes to load it. */
export const bundles: Case = {
  name: "bundles",
  async *run() {
    mkdirSync(HOME, { recursive: true });
    const directory = mkdtempSync(join(HOME, "bundles-"));
    try {
      mkdirSync(join(directory, "src"));
      writeFileSync(join(directory, "alien.ts"), ALIEN);
      writeFileSync(join(directory, "src", "worker.ts"), WORKER);
      for (const target of TARGETS) {
        const { file, bytes } = await bundled(directory, target);
        const most = target === aws;
        yield {
          name: `function for ${target.platform}, minified`,
          unit: "B",
          ours: bytes,
          ...(most ? { target: oursAtMost(MOST_BYTES) } : {}),
        };
        // A Worker's is loaded by workerd alone.
        if (target.runtime === "web") continue;
        const { cold } = await interleave(TIMES, { cold: () => imported(file) });
        yield {
          name: `function for ${target.platform}, cold import, of one core`,
          unit: "ms",
          ours: cold.ms,
          ...(most ? { target: oursAtMost(MOST_MS) } : {}),
        };
      }
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

async function bundled(directory: string, target: FunctionTarget) {
  const stack = await loadStack(join(directory, "alien.ts"));
  const worker = stack.stack.resources.find((resource) => resource.type === "function");
  if (worker === undefined) throw new Error("alien.ts declares no function");
  const bundle = await bundleFunction({
    stack,
    function: worker,
    mode: "deploy",
    target,
    sources: { tasks: "tasks" },
  });
  await bundle.dispose();
  const output = Object.values(bundle.metafile.outputs).find((each) => each.entryPoint);
  return { file: bundle.file, bytes: output?.bytes ?? Number.NaN };
}

/** In a process of its own, which may use one core: what it takes of that, whoever else wants it meanwhile. */
async function imported(file: string): Promise<{ ms: number }> {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `const before = process.cpuUsage();
await import(${url});
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1_000);`;
  const node = [process.execPath, "--no-warnings", "--input-type=module", "-e", script];
  const { status, stdout } = spawnSync("taskset", ["--cpu-list", "0", ...node], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`the import of ${file} ended with status ${status}`);
  return { ms: Number(stdout) };
}
