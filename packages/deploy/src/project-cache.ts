import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";

/**
 * A folder for generated files, `.alien/<name>` beside alien.ts. They lie inside the project because node
 * resolves their imports from where they are.
 */
export async function projectCache(directory: string, name: string): Promise<string> {
  const folder = join(directory, ".alien", name);
  try {
    await mkdir(folder, { recursive: true });
    // Nobody commits it by accident, whatever the project's own .gitignore says.
    await writeFile(join(directory, ".alien", ".gitignore"), "*\n");
  } catch (cause) {
    throw new AlienError("STORAGE_FAILED", `nothing can be written into ${folder}`, {
      fix: `Let this user write into ${join(directory, ".alien")}.`,
      cause,
    });
  }
  return folder;
}
