import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { bundleFunction, type FunctionTarget, loadStack } from "@alienplatform/deploy";
import { describe, expect, it, onTestFinished } from "vitest";
import { project } from "./project.ts";

const run = promisify(execFile);

const alienTs = `import { Function as Fn, Queue } from "@alienplatform/core";
export const tasks = new Queue("tasks").build();
new Fn("worker").trigger(tasks).build();
`;

const workerTs = `import { onQueueMessage } from "@alienplatform/sdk";
onQueueMessage("tasks", async ({ payload }) => ({ twice: (payload as number) * 2 }));
`;

/** An entry that lets the test call the function as a host would. */
const hostTs = `import type { PushedFunction, Sources } from "@alienplatform/bindings";
export const entry = (pushed: PushedFunction, sources: Sources) => async (source: string, body: string) => {
  const queue = await pushed.queue(sources[source] ?? "");
  const delivery = { id: "m1", receipt: "r1", body, headers: { kind: "json" as const }, attempt: 1, sentAt: 0 };
  return queue.deliver([delivery], {});
};
`;

/** The run-time half of a platform that exists here alone. */
const platformTs = `import type { PlatformRuntime } from "@alienplatform/bindings";
const capabilities = { service: "Mars", system: "mars", retryDelay: { maxMs: 60_000, fifo: false } };
export const runtime = { platform: "mars", queue: () => ({ capabilities }) } as unknown as PlatformRuntime;
`;

const target: FunctionTarget = {
  platform: "mars",
  entry: "./host.ts",
  alias: { "#runtime": "./platform.ts" },
};

async function bundled(files: Readonly<Record<string, string>>, given = target) {
  const { file, directory } = await project({
    "package.json": `{ "name": "shop", "type": "module" }`,
    "alien.ts": alienTs,
    "host.ts": hostTs,
    "platform.ts": platformTs,
    "src/worker.ts": workerTs,
    ...files,
  });
  const stack = await loadStack(file);
  const resource = stack.stack.resources.find(({ type }) => type !== "queue");
  if (resource?.type !== "function" && resource?.type !== "endpoint") {
    throw new Error("the test declares no function");
  }
  const sources = { "arn:tasks": "tasks" };
  const bundle = await bundleFunction({
    stack,
    function: resource,
    mode: "deploy",
    target: given,
    sources,
  });
  onTestFinished(() => bundle.dispose());
  return { bundle, directory, text: await readFile(bundle.file, "utf8") };
}

const binding = {
  version: 1,
  platform: "mars",
  queue: "tasks",
  options: {
    maxAttempts: 5,
    backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "none" },
    leaseMs: 30_000,
    retentionMs: 345_600_000,
    idempotency: { conflict: "original" },
  },
  address: {},
};
const trigger = { batchSize: 1, paused: false, whilePaused: "wait", onInvalid: "deadLetter" };

interface Handled {
  readonly kind: string;
  readonly error?: { readonly code: string; readonly stack?: string };
}

/** What the handler makes of a body, in a process of its own that runs nothing but the bundle. */
async function handled(file: string, body: string, described: object = {}): Promise<Handled> {
  const triggers = [{ queue: "tasks", ...trigger }];
  const script = `const { default: handler } = await import(${JSON.stringify(pathToFileURL(file).href)});
const [settlement] = await handler("arn:tasks", ${JSON.stringify(body)});
console.log(JSON.stringify(settlement.outcome));`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "--eval", script], {
    cwd: "/",
    env: {
      PATH: process.env.PATH,
      NODE_OPTIONS: "--enable-source-maps",
      ALIEN_FUNCTION: JSON.stringify({ id: "worker", triggers, ...described }),
      ALIEN_TASKS_BINDING: JSON.stringify(binding),
      ALIEN_SIGNING_SECRET: "s".repeat(32),
    },
  });
  return JSON.parse(stdout);
}

describe("a function's bundle for a platform", () => {
  it("is one minified file with its source map, and runs by itself", async () => {
    const { bundle, directory, text } = await bundled({});
    expect(bundle.file).toBe(join(directory, ".alien/bundles/mars/worker/index.mjs"));
    expect(text.split("\n").length).toBeLessThan(10);
    expect(text).toMatch(/\/\/# sourceMappingURL=index\.mjs\.map\n$/);
    const map = JSON.parse(await readFile(`${bundle.file}.map`, "utf8"));
    expect(map.sources).toContain("../../../../src/worker.ts");
    expect(await handled(bundle.file, "21")).toEqual({ kind: "ack", result: '{"twice":42}' });
  });

  it("ends its process where its file cannot be loaded, with the reason on stderr, so that the host starts another", async () => {
    const { bundle } = await bundled({ "src/worker.ts": `throw new Error("no database");` });
    await expect(handled(bundle.file, "21")).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^{"level":"error","message":"no database",.*}\n$/),
    });
  });

  it("is the same byte for byte when nothing has changed, and names no folder of this machine", async () => {
    const { bundle, directory, text } = await bundled({});
    await bundle.rebuild();
    expect(await readFile(bundle.file, "utf8")).toBe(text);
    expect(text).not.toContain(directory);
    expect(await readFile(`${bundle.file}.map`, "utf8")).not.toContain(directory);
  });

  it("tells what the project's own files in it are", async () => {
    const { bundle, directory } = await bundled({});
    expect(bundle.inputs).toContain(join(directory, "src/worker.ts"));
    expect(bundle.inputs.filter((input) => input.includes("node_modules"))).toEqual([]);
  });

  it("carries no consumer, no server, no stack and nothing of the local platform", async () => {
    const { bundle } = await bundled({});
    const [output] = Object.entries(bundle.metafile.outputs).flatMap(([path, each]) =>
      path.endsWith(".mjs") ? [each] : [],
    );
    const carried = Object.entries(output?.inputs ?? {}).flatMap(([path, { bytesInOutput }]) =>
      bytesInOutput > 0 ? [path] : [],
    );
    const unwanted =
      /\/(consumer|intake|slots|serve|consume|find-stack-file|stack|function|operate)\.ts$|hono|classic-level|packages\/local/;
    expect(carried.filter((path) => unwanted.test(path))).toEqual([]);
    expect(carried.some((path) => path.endsWith("sdk/src/push.ts"))).toBe(true);
  });

  it("has its platform at the top, where it starts faster than what is wrapped to be loaded late", async () => {
    const { bundle } = await bundled({
      "platform.ts": `${platformTs}console.log(JSON.stringify({ stack: new Error().stack }));\n`,
      "src/worker.ts": `${workerTs}console.log("loaded");\n`,
    });
    const { stdout } = await run(process.execPath, [bundle.file]);
    const { stack } = JSON.parse(stdout);
    expect(stack.match(/index\.mjs/g)).toHaveLength(1);
  });

  it("has stack traces that lead to the source", async () => {
    const { bundle } = await bundled({
      "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
interface Card { readonly number: string }
onQueueMessage("tasks", () => { throw new Error("no money" satisfies Card["number"]); });\n`,
    });
    const { error } = await handled(bundle.file, "1");
    expect(error?.stack).toMatch(/src\/worker\.ts:3:39/);
  });

  it("keeps the names of classes, by which failures are told apart", async () => {
    const { bundle } = await bundled({
      "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
class CardDeclined extends Error { constructor(text: string) { super(text); this.name = new.target.name; } }
onQueueMessage("tasks", () => { throw new CardDeclined("no money"); });\n`,
    });
    expect(await handled(bundle.file, "1")).toMatchObject({ error: { code: "CardDeclined" } });
  });

  it("runs packages of CommonJS that ask for modules of node and for the folder they are in", async () => {
    const { bundle } = await bundled({
      "node_modules/legacy/package.json": `{ "name": "legacy", "main": "index.js" }`,
      "node_modules/legacy/index.js": `const os = require("os");
const name = "node:pa" + "th";
exports.look = () => [typeof os.cpus, typeof require(name).join, require("path").isAbsolute(__dirname), __filename.endsWith("index.mjs")].join();\n`,
      "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
import { look } from "legacy";
onQueueMessage("tasks", () => look());\n`,
    });
    expect(await handled(bundle.file, "1")).toEqual({
      kind: "ack",
      result: '"function,function,true,true"',
    });
  });

  it("brings the schema of a queue along", async () => {
    const { bundle } = await bundled({
      "alien.ts": alienTs.replace(
        `Queue("tasks")`,
        `Queue("tasks").schema({ "~standard": { version: 1, vendor: "own", validate: (value: unknown) => typeof value === "number" ? { value } : { issues: [{ message: "no number" }] } } })`,
      ),
    });
    expect(await handled(bundle.file, "1")).toMatchObject({ kind: "ack" });
    expect(await handled(bundle.file, `"x"`)).toMatchObject({ kind: "deadLetter" });
  });

  it("keeps files that are imported for what they register, whatever package.json says", async () => {
    const { bundle } = await bundled({
      "package.json": `{ "name": "shop", "type": "module", "sideEffects": false }`,
      "src/worker.ts": `import "./handlers/tasks.ts";\n`,
      "src/handlers/tasks.ts": workerTs,
    });
    expect(await handled(bundle.file, "4")).toMatchObject({ result: '{"twice":8}' });
  });

  it("posts to an endpoint, which has no code of its own", async () => {
    const { bundle } = await bundled({
      "alien.ts": `import { Endpoint, Queue } from "@alienplatform/core";
const tasks = new Queue("tasks").build();
new Endpoint("billing").url("http://127.0.0.1:1/jobs").trigger(tasks).build();\n`,
    });
    const endpoint = { url: "http://127.0.0.1:1/jobs" };
    expect(await handled(bundle.file, "1", { endpoint })).toMatchObject({
      kind: "retry",
      error: { code: "NETWORK_ERROR" },
    });
  });

  it("reads the function's secrets before its code runs, where it has some", async () => {
    const files = {
      "alien.ts": alienTs.replace(".trigger(tasks)", `.trigger(tasks).secret("TOKEN")`),
      "secrets.ts": `export const readSecrets = async () => ({ TOKEN: "of the store" });\n`,
      "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
const token = process.env.TOKEN;
onQueueMessage("tasks", () => token);\n`,
    };
    const { bundle } = await bundled(files, { ...target, secrets: "./secrets.ts" });
    expect(await handled(bundle.file, "1")).toMatchObject({
      kind: "ack",
      result: '"of the store"',
    });
    const without = await bundled(
      { ...files, "alien.ts": alienTs },
      { ...target, secrets: "./secrets.ts" },
    );
    expect(await readFile(without.bundle.file, "utf8")).not.toContain("of the store");
    const signing = await bundled(
      { ...files, "alien.ts": alienTs.replace(".trigger(tasks)", ".trigger(tasks).http()") },
      { ...target, secrets: "./secrets.ts" },
    );
    expect(await readFile(signing.bundle.file, "utf8")).toContain("of the store");
  });

  it("chooses files by the conditions of its host, and lets packages be stood in for", async () => {
    const { bundle } = await bundled(
      {
        "node_modules/choosy/package.json": `{ "name": "choosy", "exports": { "edge": "./edge.js", "default": "./other.js" } }`,
        "node_modules/choosy/edge.js": `export const place = "the edge";\n`,
        "node_modules/choosy/other.js": `export const place = "elsewhere";\n`,
        "node_modules/heavy/package.json": `{ "name": "heavy", "main": "index.js" }`,
        "node_modules/heavy/index.js": `exports.weight = "heavy";\n`,
        "src/light.ts": `export const weight = "light";\n`,
        "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
import { place } from "choosy";
import { weight } from "heavy";
onQueueMessage("tasks", () => [place, weight]);\n`,
      },
      { ...target, conditions: ["edge"], alias: { ...target.alias, heavy: "./src/light.ts" } },
    );
    expect(await handled(bundle.file, "1")).toMatchObject({ result: '["the edge","light"]' });
  });

  it("needs nothing of node where its host is none", async () => {
    const { text } = await bundled({}, { ...target, runtime: "web" });
    expect(text).not.toMatch(/\bfrom\s*"node:|\brequire\(|\bBuffer\b/);
  });

  it("leaves to its host what the host has", async () => {
    const { bundle } = await bundled(
      {
        "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
import { connect } from "mars:sockets";
onQueueMessage("tasks", () => connect());\n`,
      },
      { ...target, runtime: "web", external: ["mars:*"] },
    );
    const outputs = Object.values(bundle.metafile.outputs);
    expect(outputs.flatMap(({ imports }) => imports)).toEqual([
      { path: "mars:sockets", kind: "import-statement", external: true },
    ]);
  });

  it("says which package is missing", async () => {
    const given = { ...target, entry: "@alienplatform/mars/entry" };
    await expect(bundled({}, given)).rejects.toMatchObject({
      code: "PLATFORM_MISSING",
      message: 'the package of platform "mars" is not installed',
      fix: expect.stringMatching(
        /^Run: npm install <checkout>\/out\/packages\/alienplatform-mars-\*\.tgz \(where /,
      ),
    });
  });

  it("says where the code is wrong", async () => {
    await expect(bundled({ "src/worker.ts": "const = 1;\n" })).rejects.toMatchObject({
      code: "FUNCTION_BUILD_FAILED",
      message: `src/worker.ts:1:7: Expected identifier but found "="`,
    });
  });
});
