import { readdir, rename, symlink } from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import { findStackFile, type LoadOptions, loadStack } from "@alienplatform/deploy";
import { describe, expect, it, onTestFinished } from "vitest";
import { project } from "./project.ts";

const bare = `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
new alien.Function("worker").trigger(tasks).build();
`;

async function load(text: string, options?: LoadOptions) {
  const { file } = await project({ "alien.ts": text });
  return loadStack(file, options);
}

async function failure(text: string, options?: LoadOptions): Promise<AlienError> {
  const error = await load(text, options).catch((thrown: unknown) => thrown);
  if (error instanceof AlienError) return error;
  throw new Error(`expected an AlienError, got ${JSON.stringify(error)}`);
}

describe("loadStack", () => {
  it("loads the stack that alien.ts exports", async () => {
    const { stack, schemas } = await load(`import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const worker = new alien.Function("worker").trigger(tasks).build();

export default new alien.Stack("images").add(tasks).add(worker).build();
`);
    expect(stack.name).toBe("images");
    expect(stack.resources.map(({ type, id }) => `${type} ${id}`)).toEqual([
      "queue tasks",
      "function worker",
    ]);
    expect(schemas).toEqual({});
  });

  it("takes everything a bare alien.ts builds, named after package.json", async () => {
    const { file } = await project({
      "alien.ts": bare,
      "package.json": `{ "name": "@scope/photo.shop" }`,
    });
    const { stack } = await loadStack(file);
    expect(stack.name).toBe("photo-shop");
    expect(stack.resources.map(({ id }) => id)).toEqual(["tasks", "worker"]);
  });

  it("names a bare stack after its folder where there is no package.json", async () => {
    const { file, directory } = await project({ "alien.ts": bare }, "thumbnails-");
    expect(directory).toContain((await loadStack(file)).stack.name);
    expect((await loadStack(file)).stack.name).toMatch(/^thumbnails-/);
  });

  it("takes a bare alien.ts whose queues are exported by name", async () => {
    const { stack } = await load(bare.replace("const tasks", "export const tasks"));
    expect(stack.resources).toHaveLength(2);
  });

  it("waits for top-level await and follows imports, which become inputs", async () => {
    const { file, directory } = await project({
      "alien.ts": `import { declare } from "./queues/all";\nawait declare();\n`,
      "queues/all.ts": `import { Queue } from "@alienplatform/core";
export async function declare(): Promise<void> { await null; new Queue("late").build(); }\n`,
    });
    const { stack, inputs } = await loadStack(file);
    expect(stack.resources.map(({ id }) => id)).toEqual(["late"]);
    expect([...inputs].sort()).toEqual([file, join(directory, "queues/all.ts")].sort());
  });

  it("carries the JSON Schema of a queue beside the stack", async () => {
    const { stack, schemas } = await load(`import { Queue } from "@alienplatform/core";
import { z } from "zod";
new Queue("tasks").schema(z.object({ imageId: z.string() })).build();
new Queue("odd").schema({ "~standard": { version: 1, vendor: "own", validate: (value: unknown) => ({ value }) } }).build();
`);
    expect(stack.resources[0]).not.toHaveProperty("schema");
    expect(schemas.tasks).toMatchObject({ properties: { imageId: { type: "string" } } });
    expect(schemas.odd).toBe(true);
    expect(JSON.parse(JSON.stringify(stack))).toEqual(stack);
  });

  it("lets alien.ts print, on the printer and not in the result", async () => {
    let printed = "";
    const { stack } = await load(`console.log("hello from", "alien.ts");\n${bare}`, {
      print: (text) => {
        printed += text;
      },
    });
    expect(printed).toBe("hello from alien.ts\n");
    expect(stack.resources).toHaveLength(2);
  });

  it("ends although alien.ts left a timer and a server behind", async () => {
    const { stack } = await load(
      `import { createServer } from "node:http";\nsetInterval(() => {}, 1000);\ncreateServer().listen(0);\n${bare}`,
    );
    expect(stack.resources).toHaveLength(2);
  });

  it("does not wait for a process that alien.ts left behind with its output", async () => {
    let left = "";
    onTestFinished(() => void process.kill(Number(left), "SIGKILL"));
    const { stack } = await load(
      `import { spawn } from "node:child_process";
const args = ["-e", "setInterval(() => {}, 60_000)"];
const { pid } = spawn(process.execPath, args, { stdio: ["ignore", "inherit", "inherit"] });
process.stdout.write(String(pid));
${bare}`,
      {
        print: (text) => {
          left += text;
        },
      },
    );
    expect(stack.resources).toHaveLength(2);
  });

  it("gives alien.ts its own import.meta and its folder as working directory", async () => {
    const { file, directory } = await project({
      "alien.ts": `import { readFileSync } from "node:fs";
import { Queue } from "@alienplatform/core";
new Queue(readFileSync(new URL("./id.txt", import.meta.url), "utf8")).build();
new Queue(import.meta.dirname === process.cwd() ? "same" : "other").build();\n`,
      "id.txt": "from-a-file",
    });
    expect((await loadStack(file)).stack.resources.map(({ id }) => id)).toEqual([
      "from-a-file",
      "same",
    ]);
    expect(directory).toBe((await loadStack(file)).directory);
  });

  it("is safe with quotes, spaces and backquotes in the folder's name", async () => {
    const { directory } = await project({ "alien.ts": bare });
    const odd = `${directory} it's "a\` \${b}`;
    await rename(directory, odd);
    const { stack } = await loadStack(join(odd, "alien.ts"));
    expect(stack.resources).toHaveLength(2);
    await rename(odd, directory);
  });

  it("names the files by their real paths where the folder is a link", async () => {
    const { directory } = await project({ "alien.ts": `throw new Error("no luck");\n` });
    const { directory: elsewhere } = await project({});
    const link = join(elsewhere, "link");
    await symlink(directory, link);
    expect(await findStackFile(link)).toBe(join(directory, "alien.ts"));
    await expect(loadStack(join(link, "alien.ts"))).rejects.toMatchObject({
      message: "alien.ts:1:7: no luck",
      details: { file: join(directory, "alien.ts") },
    });
  });

  it("leaves no bundle behind", async () => {
    const { file, directory } = await project({ "alien.ts": bare });
    await loadStack(file);
    expect(await readdir(join(directory, ".alien/cache"))).toEqual([]);
  });
});

describe("what alien.ts can do wrong", () => {
  it("points at a syntax error", async () => {
    const error = await failure(`const a = 1;\nconst é = "é" const b;\n`);
    expect(error.code).toBe("STACK_LOAD_FAILED");
    expect(error.message).toBe(`alien.ts:2:15: Expected ";" but found "const"`);
    expect(error.details).toMatchObject({ line: 2, column: 15 });
    expect(error.details.frame).toBe(
      `  1 | const a = 1;\n> 2 | const é = "é" const b;\n    |               ^\n  3 |`,
    );
  });

  it("points at an import that does not exist", async () => {
    const error = await failure(`import "./nowhere.ts";\n`);
    expect(error.message).toMatch(/^alien\.ts:1:8: Could not resolve/);
  });

  it("points at the line that throws", async () => {
    const error = await failure(
      `interface A { b: string }\n\nconst a: A = undefined as never;\nconsole.log(a.b);\n`,
    );
    expect(error.code).toBe("STACK_LOAD_FAILED");
    expect(error.message).toMatch(
      /^alien\.ts:4:15: TypeError: Cannot read properties of undefined/,
    );
    expect(error.details).toMatchObject({ line: 4, column: 15 });
  });

  it("points at the line in a file that alien.ts imports", async () => {
    const { file, directory } = await project({
      "alien.ts": `import "./lib/queues.ts";\n`,
      "lib/queues.ts": `\n\n  throw new Error("no luck");\n`,
    });
    const error = await loadStack(file).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      message: "lib/queues.ts:3:9: no luck",
      details: { file: join(directory, "lib/queues.ts") },
    });
  });

  it("keeps the code, the fix and the problems of a declaration, at its line", async () => {
    const error = await failure(
      `import { Queue } from "@alienplatform/core";\nnew Queue("tasks").maxAttempts(0).build();\n`,
    );
    expect(error.code).toBe("DECLARATION_INVALID");
    expect(error.message).toMatch(/^alien\.ts:2:\d+: Queue\("tasks"\): maxAttempts is 0/);
    expect(error.fix).toBe("Use a whole number from 1 to 100.");
    expect(error.details.problems).toHaveLength(1);
  });

  it("says which package is not installed", async () => {
    const error = await failure(`import "left-padding-of-old";\n`);
    expect(error.message).toContain(
      `alien.ts imports "left-padding-of-old", which is not installed`,
    );
    expect(error.fix).toBe("Run: npm install left-padding-of-old");
  });

  it("points at process.exit", async () => {
    const error = await failure(`${bare}process.exit(0);\n`);
    expect(error.message).toBe("alien.ts:4:9: process.exit(0) was called");
  });

  it("points at an error thrown outside of the load", async () => {
    const error = await failure(
      `setTimeout(() => {\n  throw new Error("later");\n});\nawait new Promise(() => setInterval(() => {}, 1000));\n`,
    );
    expect(error.message).toBe("alien.ts:2:9: later");
  });

  it("gives up on an endless loop", async () => {
    const error = await failure("while (true);\n", { timeLimitMs: 1_500 });
    expect(error.code).toBe("STACK_LOAD_FAILED");
    expect(error.message).toBe("alien.ts did not finish loading within 1.5s");
  });

  it("notices a promise that never settles", async () => {
    const error = await failure("await new Promise(() => undefined);\n", {
      print: () => undefined,
    });
    expect(error.message).toBe("alien.ts awaits a promise that never settles");
  });

  it("stops when its signal fires", async () => {
    const controller = new AbortController();
    const error = await failure(`console.log("running");\nwhile (true);\n`, {
      signal: controller.signal,
      print: () => controller.abort(),
    });
    expect(error.code).toBe("ABORTED");
  });

  it.each([
    ["declares nothing", "export {};\n", "it declares nothing"],
    [
      "exports a stack that was not built",
      `import { Stack } from "@alienplatform/core";\nexport default new Stack("s");\n`,
      "its default export was not built",
    ],
    [
      "exports something else",
      `import { Queue } from "@alienplatform/core";\nexport default new Queue("q").build();\n`,
      "its default export is not a stack",
    ],
    [
      "forgets to export its stack",
      `import { Queue, Stack } from "@alienplatform/core";\nnew Stack("shop").add(new Queue("q").build()).build();\n`,
      `it builds the stack "shop" and does not export it`,
    ],
  ])("is told when it %s", async (_, text, message) => {
    const error = await failure(text);
    expect(error.code).toBe("STACK_LOAD_FAILED");
    expect(error.message).toContain(message);
    expect(error.fix).toBeDefined();
  });

  it("holds a bare alien.ts to the rules of a stack", async () => {
    const error = await failure(`${bare}new alien.Function("second").trigger(tasks).build();\n`);
    expect(error.code).toBe("STACK_INVALID");
    expect(error.message).toContain(`function "worker" and function "second"`);
  });

  it("is told when it is not there", async () => {
    const { directory } = await project({});
    await expect(loadStack(join(directory, "alien.ts"))).rejects.toMatchObject({
      code: "STACK_LOAD_FAILED",
    });
  });
});

describe("findStackFile", () => {
  it("finds alien.ts in the directory or above it", async () => {
    const { file, directory } = await project({ "alien.ts": bare, "a/b/c.txt": "" });
    expect(await findStackFile(directory)).toBe(file);
    expect(await findStackFile(join(directory, "a/b"))).toBe(file);
  });

  it("passes over a folder of that name", async () => {
    const { file, directory } = await project({ "alien.ts": bare, "a/alien.ts/c.txt": "" });
    expect(await findStackFile(join(directory, "a"))).toBe(file);
  });
});
