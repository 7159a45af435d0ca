import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { unzipSync } from "fflate";

/** Writes the files of a zip that `packFunction` made into a folder; answers their paths. */
export async function unpackArtifact(zip: string, folder: string): Promise<readonly string[]> {
  const files = unzipSync(await readFile(zip));
  await mkdir(folder, { recursive: true });
  return Promise.all(
    Object.entries(files).map(async ([name, bytes]) => {
      const file = join(folder, basename(name));
      await writeFile(file, bytes);
      return file;
    }),
  );
}
