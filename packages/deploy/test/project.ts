import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

// Inside the checkout, where @alienplatform/* resolves, and ignored by git.
const root = fileURLToPath(new URL("../.alien/test/", import.meta.url));

/** A folder with these files that exists until the test ends. */
export async function project(files: Readonly<Record<string, string>>, prefix = "p-") {
  await mkdir(root, { recursive: true });
  const directory = await mkdtemp(join(root, prefix));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const file = join(directory, name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return { directory, file: join(directory, "alien.ts") };
}
