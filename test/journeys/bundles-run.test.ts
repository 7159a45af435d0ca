import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { target as aws } from "@alienplatform/aws/deploy";
import { target as azure } from "@alienplatform/azure/deploy";
import type { QueueBinding } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { bundleFunction, type FunctionTarget, loadStack } from "@alienplatform/deploy";
import { target as gcp } from "@alienplatform/gcp/deploy";
import { afterAll, expect, it } from "vitest";
import { root } from "../source-files.ts";
import type { Place } from "./same-code/place.ts";
import { pubsubWire } from "./same-code/places/pubsub.ts";
import { serviceBusWire } from "./same-code/places/service-bus.ts";
import { fauxqs } from "./same-code/places/sqs.ts";

// The vendors' SDKs are made for node_modules; in a bundle, one file of modules, they have to work all the same.

const home = join(root, "test", "journeys", ".alien");
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "bundles-run-"));
afterAll(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, "src"));

const files = {
  "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
new alien.Function("worker").trigger(tasks).link(tasks).link(tasks, "receive").build();
`,
  "src/worker.ts": `import { onQueueMessage, queue } from "@alienplatform/sdk";
onQueueMessage("tasks", async () => {
  const tasks = await queue<{ n: number }>("tasks");
  const { id } = await tasks.send("tasks", { n: 1 });
  const [message] = await tasks.receive("tasks", 1, { wait: "20s" });
  await tasks.ack(message);
  await tasks.close();
  return { payload: message.payload, same: message.id === id };
});
`,
  // In place of the platform's own entry: calls the handler once, as no vendor would.
  "host.ts": `import type { PushedFunction } from "@alienplatform/bindings";
export const entry = (pushed: PushedFunction) => async () => {
  const tasks = await pushed.queue("tasks");
  const headers = { kind: "json" as const };
  const delivery = { id: "m1", receipt: "r1", body: "{}", headers, attempt: 1, sentAt: 0 };
  const [settlement] = await tasks.deliver([delivery], {});
  return settlement?.outcome;
};
`,
};
for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code);
const stack = await loadStack(join(folder, "alien.ts"));

it.concurrent.each([
  [fauxqs, aws],
  [pubsubWire, gcp],
  [serviceBusWire, azure],
])("a function's bundle sends, receives and acknowledges: $name", async (place, target) => {
  expect(await outcomeOn(place, target)).toEqual({
    kind: "ack",
    result: '{"payload":{"n":1},"same":true}',
  });
});

it.concurrent.each([aws, gcp, azure])(
  "the file that $platform's host is given exports a function",
  async (target) => {
    expect(await run(await bundled(target), "typeof run", {})).toBe("function");
  },
);

async function outcomeOn(place: Place, target: FunctionTarget): Promise<unknown> {
  const stops: (() => unknown)[] = [];
  try {
    const { binding, env } = await place.open(defaultOptions, (stop) => void stops.unshift(stop));
    const file = await bundled({ ...target, entry: "./host.ts" });
    const whole: QueueBinding = { version: 1, queue: "tasks", options: defaultOptions, ...binding };
    return await run(file, "await run()", { ...env, ALIEN_TASKS_BINDING: JSON.stringify(whole) });
  } finally {
    for (const stop of stops) await stop();
  }
}

const [worker] = stack.stack.resources.filter((each) => each.type === "function");

async function bundled(target: FunctionTarget): Promise<string> {
  if (worker === undefined) throw new Error("alien.ts declares no function");
  const bundle = await bundleFunction({
    stack,
    function: worker,
    mode: "deploy",
    target,
    sources: {},
    outDir: mkdtempSync(join(folder, "bundle-")),
  });
  await bundle.dispose();
  return bundle.file;
}

/** What comes of `run`, the bundle's default export, in a process that has nothing but the bundle. */
async function run(
  file: string,
  expression: string,
  env: Readonly<Record<string, string>>,
): Promise<unknown> {
  const script = `const { default: run } = await import(${JSON.stringify(pathToFileURL(file).href)});
console.log(JSON.stringify(${expression}));`;
  const child = spawn(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
    cwd: "/",
    env: {
      PATH: process.env.PATH,
      ...env,
      ALIEN_FUNCTION: JSON.stringify({ id: worker?.id, triggers: worker?.triggers }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "close"),
  ]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}
