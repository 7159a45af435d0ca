import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { FunctionResource } from "@alienplatform/core";
import { bundleFunction, functionEntry, loadStack, nodeArguments } from "@alienplatform/deploy";
import { describe, expect, it, onTestFinished } from "vitest";
import { project } from "./project.ts";

const alienTs = `import { Function as Fn, Queue } from "@alienplatform/core";
export const tasks = new Queue("tasks").build();
new Fn("worker").trigger(tasks).build();
`;

async function bundled(files: Readonly<Record<string, string>>) {
  const { file, directory } = await project({ "alien.ts": alienTs, ...files });
  const stack = await loadStack(file);
  const resource = stack.stack.resources.find(({ type }) => type === "function");
  if (resource?.type !== "function") throw new Error("the test declares no function");
  const bundle = await bundleFunction({ stack, function: resource, mode: "dev" });
  onTestFinished(() => bundle.dispose());
  return { bundle, directory, text: await readFile(bundle.file, "utf8") };
}

/** What a function's process writes to stderr before it ends by itself. */
function run(file: string): Promise<string> {
  const environment = { ...process.env, ALIEN_FUNCTION: triggered, ALIEN_PLATFORM: "local" };
  const options = { env: environment };
  return new Promise((resolve) => {
    const args = [...nodeArguments(), "--enable-source-maps", file];
    execFile(process.execPath, args, options, (_error, _stdout, stderr) => resolve(stderr));
  });
}

const triggered = JSON.stringify({
  id: "worker",
  triggers: [
    { queue: "tasks", batchSize: 1, paused: false, whilePaused: "wait", onInvalid: "deadLetter" },
  ],
});

function fn(id: string, code?: string): Pick<FunctionResource, "id" | "code"> {
  return code === undefined ? { id } : { id, code };
}

describe("functionEntry", () => {
  it("takes src/<id>.ts before <id>.ts", async () => {
    const { directory } = await project({ "src/worker.ts": "", "worker.ts": "", "other.ts": "" });
    expect(await functionEntry({ directory }, fn("worker"))).toBe(join(directory, "src/worker.ts"));
    expect(await functionEntry({ directory }, fn("other"))).toBe(join(directory, "other.ts"));
  });

  it("takes the file that code() names", async () => {
    const { directory } = await project({ "lib/main.mjs": "" });
    const entry = await functionEntry({ directory }, fn("worker", "./lib/main.mjs"));
    expect(entry).toBe(join(directory, "lib/main.mjs"));
  });

  it("says where it looked", async () => {
    const { directory } = await project({});
    await expect(functionEntry({ directory }, fn("worker"))).rejects.toThrow(
      `function "worker" has no file: looked for src/worker.ts, src/worker.js, src/worker.mjs, worker.ts, worker.js, worker.mjs`,
    );
    await expect(functionEntry({ directory }, fn("worker", "./w.ts"))).rejects.toMatchObject({
      message: `function "worker" has no file: looked for w.ts`,
      fix: "Create the file, or correct .code(...) in alien.ts.",
    });
  });
});

describe("bundleFunction", () => {
  it("bundles the project's files and leaves packages outside", async () => {
    const { bundle, directory, text } = await bundled({
      "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
import { size } from "./size.js";
onQueueMessage("tasks", async (): Promise<void> => { size(); });\n`,
      "src/size.ts": "export const size = (): number => 64;\n",
    });
    expect(bundle.file).toBe(join(directory, ".alien/functions/worker.mjs"));
    expect([...bundle.inputs].sort()).toEqual([
      join(directory, "src/size.ts"),
      join(directory, "src/worker.ts"),
    ]);
    expect(text).toContain(`from "@alienplatform/sdk/function"`);
    expect(text).toContain(`from "@alienplatform/sdk"`);
    expect(text).toContain(`file: "src/worker.ts"`);
    expect(text).toContain("sourceMappingURL=data:application/json");
  });

  it("brings alien.ts along where a queue has a schema", async () => {
    const { bundle, directory, text } = await bundled({
      "alien.ts": alienTs.replace(
        `Queue("tasks")`,
        `Queue("tasks").schema({ "~standard": { version: 1, vendor: "own", validate: (value: unknown) => ({ value }) } })`,
      ),
      "src/worker.ts": "export {};\n",
    });
    expect(text).toContain(`from "@alienplatform/core/collect"`);
    expect(bundle.inputs).toContain(join(directory, "alien.ts"));
  });

  it("builds again what has changed", async () => {
    const { bundle, directory } = await bundled({ "src/worker.ts": `globalThis.a = "one";\n` });
    await writeFile(join(directory, "src/worker.ts"), `import "./two.ts";\n`);
    await writeFile(join(directory, "src/two.ts"), `globalThis.a = "two";\n`);
    await bundle.rebuild();
    expect(await readFile(bundle.file, "utf8")).toContain(`"two"`);
    expect(bundle.inputs).toContain(join(directory, "src/two.ts"));
  });

  it("keeps the last good file and its inputs through a failed build", async () => {
    const { bundle, directory } = await bundled({ "src/worker.ts": `globalThis.a = "one";\n` });
    await writeFile(join(directory, "src/worker.ts"), "const = 1;\n");
    await expect(bundle.rebuild()).rejects.toMatchObject({
      code: "FUNCTION_BUILD_FAILED",
      message: `src/worker.ts:1:7: Expected identifier but found "="`,
      details: {
        file: join(directory, "src/worker.ts"),
        frame: "> 1 | const = 1;\n    |       ^\n  2 |",
      },
    });
    expect(await readFile(bundle.file, "utf8")).toContain(`"one"`);
    expect(bundle.inputs).toEqual([join(directory, "src/worker.ts")]);
  });

  it("says that the function's file is gone, and builds again once it is back", async () => {
    const { bundle, directory } = await bundled({ "src/worker.ts": `globalThis.a = "one";\n` });
    const file = join(directory, "src/worker.ts");
    await rm(file);
    await expect(bundle.rebuild()).rejects.toMatchObject({
      code: "STACK_INVALID",
      message: expect.stringMatching(/^function "worker" has no file: looked for src\/worker.ts, /),
    });
    await writeFile(file, `globalThis.a = "two";\n`);
    await bundle.rebuild();
    expect(await readFile(bundle.file, "utf8")).toContain(`"two"`);
  });

  it("reports every error of a first build", async () => {
    const failing = bundled({ "src/worker.ts": `import "./a.ts";\nimport "./b.ts";\n` });
    await expect(failing).rejects.toMatchObject({
      message: `src/worker.ts:1:8: Could not resolve "./a.ts" (and 1 more)`,
      details: {
        frame: expect.stringContaining(`> 1 | import "./a.ts";`),
        others: [
          {
            message: `src/worker.ts:2:8: Could not resolve "./b.ts"`,
            frame: expect.stringContaining(`> 2 | import "./b.ts";`),
          },
        ],
      },
    });
  });

  it("names every package that is not installed, and one command for all", async () => {
    const failing = bundled({
      "src/worker.ts": `import "no-such-one";\nimport "./a.js";\n`,
      "src/a.ts": `import "@no-such/two/deep";\nimport "no-such-one/deep";\n`,
    });
    const error = await failing.then(String, (reason: unknown) => reason);
    expect(error).toMatchObject({
      message: `src/a.ts:1:8: "@no-such/two/deep" is not installed (and 2 more)`,
      fix: "Run: npm install @no-such/two no-such-one; then save the file.",
      details: {
        others: [
          { message: `src/a.ts:2:8: "no-such-one/deep" is not installed` },
          { message: `src/worker.ts:1:8: "no-such-one" is not installed` },
        ],
      },
    });
  });

  it("runs under node, with the function's file named in what goes wrong", async () => {
    const { bundle } = await bundled({
      "src/worker.ts": `import { onQueueMessage } from "@alienplatform/sdk";
onQueueMessage("others", async () => undefined);\n`,
    });
    expect(await run(bundle.file)).toContain("src/worker.ts registers no handler for it");
  });

  it("runs with stack traces that lead to the source", async () => {
    const { bundle, directory } = await bundled({
      "src/worker.ts": `interface A { b: string }\n\nthrow new Error(import.meta.url satisfies string);\n`,
    });
    const stderr = await run(bundle.file);
    expect(stderr).toContain(`Error: file://${directory}/src/worker.ts`);
    expect(stderr).toMatch(/at .*src\/worker\.ts:3:7/);
  });
});
