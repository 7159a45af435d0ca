import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * A folder for generated files, `.alien/<name>` beside alien.ts. They lie inside the project because node
 * resolves their imports from where they are.
 */
export async function projectCache(directory: string, name: string): Promise<string> {
  const folder = join(directory, ".alien", name);
  await mkdir(folder, { recursive: true });
  // Nobody commits it by accident, whatever the project's own .gitignore says.
  await writeFile(join(directory, ".alien", ".gitignore"), "*\n");
  return folder;
}
