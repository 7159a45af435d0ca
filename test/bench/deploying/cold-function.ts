import { mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cloud, type DeployPlatform, loadStack, packFunction } from "@alienplatform/deploy";
import { build } from "esbuild";
import { unzipSync } from "fflate";
import type { Line } from "../line.ts";
import { ratioAtMost } from "../line.ts";
import { interleave } from "../measure.ts";

/** Within the repository, so that what is bundled finds its imports. */
export const HOME = fileURLToPath(new URL("../.alien/", import.meta.url));
const TIMES = 9;
const MOST = ratioAtMost(1.15);

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

/** What esbuild's ESM lacks for the CommonJS of the vendors' clients. */
const REQUIRE =
  'import{createRequire}from"node:module";import{fileURLToPath}from"node:url";import{dirname}from"node:path";const require=createRequire(import.meta.url),__filename=fileURLToPath(import.meta.url),__dirname=dirname(__filename);';

/** A new directory in HOME, with a stack of two queues and a function that handles one and sends to the other. */
export function makeProject(name: string): string {
  mkdirSync(HOME, { recursive: true });
  const directory = mkdtempSync(join(HOME, `${name}-`));
  mkdirSync(join(directory, "src"));
  writeFileSync(join(directory, "alien.ts"), ALIEN);
  writeFileSync(join(directory, "src", "worker.ts"), WORKER);
  return directory;
}

/** The function as deploy packs it for a platform, and one by hand, each in a file of its own. */
export async function packBoth(
  directory: string,
  platform: DeployPlatform,
  { place }: Cloud,
  byHand: string,
) {
  const stack = await loadStack(join(directory, "alien.ts"));
  const worker = stack.stack.resources.find(({ type }) => type === "function");
  if (worker === undefined || worker.type === "queue") throw new Error("there is no function");
  const sources = platform.sources(stack.stack, place, worker.id);
  const { target } = platform;
  const { file } = await packFunction({ stack, function: worker, target, sources });
  const code = unzipSync(readFileSync(join(directory, file)))["index.mjs"];
  if (code === undefined) throw new Error("the zip has no index.mjs");
  const ours = join(directory, "ours.mjs");
  writeFileSync(ours, code);
  const hand = join(directory, "hand.mjs");
  await build({
    stdin: { contents: byHand, resolveDir: HOME },
    outfile: hand,
    bundle: true,
    minify: true,
    format: "esm",
    platform: "node",
    target: "node22",
    mainFields: ["module", "main"],
    banner: { js: REQUIRE },
    logLevel: "error",
  });
  return { stack: stack.stack, ours, hand };
}

/** How large the two are; `target` where that is held to one. */
export function sizes(
  name: string,
  { ours, hand }: { readonly ours: string; readonly hand: string },
  by: string,
  target?: "target",
): Line {
  const other = { name: by, value: statSync(hand).size };
  const line: Line = { name: `${name}, minified`, unit: "B", ours: statSync(ours).size, other };
  return target === undefined ? line : { ...line, target: MOST };
}

/** The time until each has handled its first message, in turn, each in a process of its own. */
export async function* coldStarts(
  name: string,
  handled: Readonly<
    Record<"ours" | "hand", () => Promise<{ readonly ms: number; readonly cpu: number }>>
  >,
  by: string,
): AsyncGenerator<Line> {
  const { ours, hand } = await interleave(TIMES, handled);
  yield { name, unit: "ms", ours: ours.ms, other: { name: by, value: hand.ms }, target: MOST };
  const cpu = { name: by, value: hand.cpu };
  yield { name: `${name}, CPU`, unit: "ms", ours: ours.cpu, other: cpu, target: MOST };
}
