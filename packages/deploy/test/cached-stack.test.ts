import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { cachedStack, lastLoadedStack } from "@alienplatform/deploy/cached-stack";
import { expect, it } from "vitest";
import { project } from "./project.ts";

const strict = `import { Queue } from "@alienplatform/core";
import { z } from "zod";
new Queue("tasks").schema(z.object({ image: z.string() })).build();
new Queue("open").build();
`;

/** Where the answer is read from what was kept, the stack's name says so. */
async function mark(directory: string): Promise<void> {
  const file = join(directory, ".alien", "cache", "stack.json");
  const cached = JSON.parse(await readFile(file, "utf8"));
  cached.loaded.stack.name = "kept";
  await writeFile(file, JSON.stringify(cached));
}

it("what has not changed is not loaded again, unless its schema is to check a payload", async () => {
  const { file, directory } = await project({ "alien.ts": strict }, "shop-");
  expect((await cachedStack(file)).stack.name).toMatch(/^shop-/);
  await mark(directory);
  const kept = await cachedStack(file, { check: { queue: "open", payload: 1 } });
  expect(kept).toMatchObject({ stack: { name: "kept" }, schemas: { tasks: { type: "object" } } });
  const checked = await cachedStack(file, { check: { queue: "tasks", payload: 1 } });
  expect(checked.issues).toHaveLength(1);
  expect(await cachedStack(file)).not.toHaveProperty("issues");

  await mark(directory);
  await writeFile(join(directory, "package.json"), '{ "name": "gallery" }');
  expect((await cachedStack(file)).stack.name).toBe("gallery");

  await mark(directory);
  await mkdir(join(directory, "node_modules"));
  await writeFile(join(directory, "node_modules", ".package-lock.json"), "{}");
  expect((await cachedStack(file)).stack.name).toBe("gallery");
});

it("what a package of somebody's own declares is loaded every time, and so is what prints", async () => {
  for (const more of ['import "picocolors";', 'console.log("here");']) {
    const { file, directory } = await project({ "alien.ts": `${more}\n${strict}` });
    await cachedStack(file, { print: () => undefined });
    await mark(directory);
    expect((await cachedStack(file, { print: () => undefined })).stack.name).not.toBe("kept");
    expect((await lastLoadedStack(file))?.resources.map(({ id }) => id)).toEqual(["tasks", "open"]);
  }
});
