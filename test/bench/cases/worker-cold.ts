import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { platform } from "@alienplatform/cloudflare/deploy";
import { bundleFunction, loadStack } from "@alienplatform/deploy";
import { buildSync } from "esbuild";
import { Log, LogLevel, Miniflare } from "miniflare";
import type { Case } from "../case.ts";
import { oursAtMost } from "../line.ts";
import { interleave } from "../measure.ts";

const HOME = fileURLToPath(new URL("../.alien/", import.meta.url));
const TIMES = 9;
/** gzip, as Cloudflare counts the size of a Worker. */
const MOST_BYTES = 60_000;
const PLACE = { platform: "cloudflare", stack: "cold", stage: "dev", settings: { account: "0" } };

const ALIEN = `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
const mails = new alien.Queue("mails").build();
const worker = new alien.Function("worker").trigger(tasks).link(mails).build();
export default new alien.Stack("cold").add(tasks).add(mails).add(worker).build();
`;

const WORKER = `import { onQueueMessage, queue } from "@alienplatform/sdk";
onQueueMessage("tasks", async ({ payload }) => {
  const mails = await queue("mails");
  await mails.send("mails", payload);
});
`;

/** What somebody writes who knows the vendor. */
const BY_HAND = `export default {
  async queue(batch, env) {
    for (const message of batch.messages) {
      try {
        await env.ALIEN_MAILS_QUEUE.send(JSON.parse(message.body));
        message.ack();
      } catch {
        message.retry();
      }
    }
  },
};
`;

/** A Worker of a stage and one by hand: how large they are, and from the start of workerd to the first message handled. */
export const workerCold: Case = {
  name: "worker-cold",
  async *run() {
    mkdirSync(HOME, { recursive: true });
    const directory = mkdtempSync(join(HOME, "worker-"));
    try {
      const { ours, bindings, queues } = await made(directory);
      const hand = minified(BY_HAND);
      const other = "by hand, the Workers' own API";
      const size = (text: string) => gzipSync(text, { level: 9 }).length;
      yield {
        name: "Worker, minified, gzip",
        unit: "B",
        ours: size(ours),
        other: { name: other, value: size(hand) },
        target: oursAtMost(MOST_BYTES),
      };
      const cold = await interleave(TIMES, {
        ours: () => handled(ours, bindings, queues),
        hand: () => handled(hand, {}, queues),
      });
      yield {
        name: "Worker, workerd started to first message handled",
        unit: "ms",
        ours: cold.ours.ms,
        other: { name: other, value: cold.hand.ms },
      };
      yield {
        name: "Worker, first message once workerd has started",
        unit: "ms",
        ours: cold.ours.first,
        other: { name: other, value: cold.hand.first },
      };
    } finally {
      rmSync(directory, { recursive: true });
    }
  },
};

/** Our Worker's code, and what deploy would put into its env. */
async function made(directory: string) {
  mkdirSync(join(directory, "src"));
  writeFileSync(join(directory, "alien.ts"), ALIEN);
  writeFileSync(join(directory, "src", "worker.ts"), WORKER);
  const stack = await loadStack(join(directory, "alien.ts"));
  const worker = stack.stack.resources.find(({ type }) => type === "function");
  if (worker === undefined || worker.type === "queue") throw new Error("there is no function");
  const sources = platform.sources(stack.stack, PLACE, worker.id);
  const { target } = platform;
  const bundle = await bundleFunction({ stack, function: worker, mode: "deploy", target, sources });
  await bundle.dispose();
  const code = { worker: { sha256: "0".repeat(64), bytes: 0 } };
  const { parts } = platform.lower(stack.stack, PLACE, code);
  const config = parts.find(({ type }) => type === "worker")?.config;
  // A Worker's config has them: texts, and references to names of queues.
  const { environment, queues } = config as {
    readonly environment: Readonly<Record<string, string>>;
    readonly queues: Readonly<Record<string, unknown>>;
  };
  const [source = ""] = Object.keys(sources);
  return {
    ours: readFileSync(bundle.file, "utf8"),
    bindings: environment,
    queues: { source, bound: Object.keys(queues) },
  };
}

/** In a workerd of its own. */
async function handled(
  contents: string,
  bindings: Readonly<Record<string, string>>,
  { source, bound }: { readonly source: string; readonly bound: readonly string[] },
): Promise<{ ms: number; first: number }> {
  const began = performance.now();
  const miniflare = new Miniflare({
    log: new Log(LogLevel.NONE),
    modules: [{ type: "ESModule", path: "index.mjs", contents }],
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    bindings: { ...bindings },
    queueProducers: Object.fromEntries(bound.map((name) => [name, name.toLowerCase()])),
  });
  try {
    await miniflare.ready;
    // miniflare's types want a package that is not installed.
    const worker = (await miniflare.getWorker()) as unknown as {
      queue(name: string, messages: readonly object[]): Promise<{ explicitAcks: string[] }>;
    };
    const ready = performance.now();
    const message = { id: "1", timestamp: new Date(), body: '{"n":1}', attempts: 1 };
    const { explicitAcks } = await worker.queue(source, [message]);
    const ended = performance.now();
    if (explicitAcks.length !== 1) throw new Error("the message was not handled");
    return { ms: ended - began, first: ended - ready };
  } finally {
    await miniflare.dispose();
  }
}

function minified(contents: string): string {
  const { outputFiles } = buildSync({
    stdin: { contents },
    write: false,
    minify: true,
    format: "esm",
    target: "es2022",
  });
  return outputFiles[0]?.text ?? "";
}
