import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type FunctionTarget, loadStack, packFunction } from "@alienplatform/deploy";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { project } from "./project.ts";

const alienTs = `import { Function as Fn, Queue } from "@alienplatform/core";
export const tasks = new Queue("tasks").build();
new Fn("worker").trigger(tasks).build();
new Fn("worker-2").build();
`;

const files = {
  "package.json": `{ "name": "shop", "type": "module" }`,
  "alien.ts": alienTs,
  "platform.ts": "export const runtime = {};\n",
  "host.ts": "export const entry = () => () => undefined;\n",
  "src/worker.ts": `import { one } from "./one.ts";\nconsole.log(one);\n`,
  "src/worker-2.ts": "export {};\n",
  "src/one.ts": `export const one = "one";\n`,
};

const target: FunctionTarget = {
  platform: "mars",
  entry: "./host.ts",
  alias: { "#runtime": "./platform.ts" },
};

const folder = ".alien/artifacts/mars";

async function packed(directory: string, id = "worker", made: FunctionTarget = target) {
  const stack = await loadStack(join(directory, "alien.ts"));
  const resource = stack.stack.resources.find((each) => each.id === id);
  if (resource?.type !== "function") throw new Error("the test declares no function");
  return packFunction({
    stack,
    function: resource,
    target: made,
    sources: { "arn:tasks": "tasks" },
  });
}

describe("packFunction", () => {
  it("packs the bundle with its source map, named by what is in it", async () => {
    const { directory } = await project(files);
    const { artifact, file } = await packed(directory);
    const bytes = await readFile(join(directory, file));
    expect(artifact).toEqual({
      sha256: createHash("sha256").update(bytes).digest("hex"),
      bytes: bytes.length,
    });
    expect(Object.keys(unzipSync(bytes))).toEqual(["index.mjs", "index.mjs.map"]);
    expect(new TextDecoder().decode(unzipSync(bytes)["index.mjs"])).toContain(`"one"`);
  });

  it("packs what the host wants beside it", async () => {
    const { directory } = await project(files);
    const host = { ...target, files: { "package.json": `{"main":"index.mjs"}` } };
    const { file } = await packed(directory, "worker", host);
    const entries = unzipSync(await readFile(join(directory, file)));
    expect(new TextDecoder().decode(entries["package.json"])).toBe(`{"main":"index.mjs"}`);
    expect(Object.keys(entries)).toHaveLength(3);
  });

  it("packs the same code into the same file, wherever the project lies", async () => {
    const here = await packed((await project(files)).directory);
    const there = await packed((await project(files, "another-place-")).directory);
    expect(there).toEqual(here);
  });

  it("packs other code into another file, and keeps what it packed before", async () => {
    const { directory } = await project(files);
    const first = await packed(directory);
    await writeFile(join(directory, "src/one.ts"), `export const one = "two";\n`);
    const second = await packed(directory);
    expect(second.file).not.toBe(first.file);
    expect(await readdir(join(directory, folder))).toHaveLength(2);
  });

  it("keeps the five newest files of a function, and all of others", async () => {
    const { directory } = await project(files);
    await mkdir(join(directory, folder), { recursive: true });
    for (let age = 1; age <= 7; age++) {
      const file = join(directory, folder, `worker-${String(age).repeat(16)}.zip`);
      await writeFile(file, "");
      await utimes(file, 1_000 - age, 1_000 - age);
    }
    await writeFile(join(directory, folder, `worker-2-${"0".repeat(16)}.zip`), "");
    const { file } = await packed(directory);
    const kept = ["1", "2", "3", "4"].map((age) => `worker-${age.repeat(16)}.zip`);
    expect((await readdir(join(directory, folder))).sort()).toEqual(
      [...kept, basename(file), `worker-2-${"0".repeat(16)}.zip`].sort(),
    );
  });
});
