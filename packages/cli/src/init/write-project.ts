import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { AlienError } from "@alienplatform/core";
import type { Context } from "../context.ts";
import { packageRoot } from "../package-root.ts";
import { printNextSteps } from "../print/next-steps.ts";
import type { Terminal } from "../terminal.ts";

/** Writes the template into a folder, all of it or nothing. */
export async function writeProject(
  { directory: here, terminal }: Context,
  given: string | undefined,
  yes: boolean,
): Promise<void> {
  const target = resolve(here, given ?? ".");
  const files = await template(packageName(target));
  const taken = [...files.keys()].filter((path) => existsSync(join(target, path)));
  if (taken.length > 0) {
    throw new AlienError("FILE_EXISTS", `${target} already has ${taken.join(", ")}`, {
      fix: "Choose another folder, as in: alien init my-app",
      details: { files: taken },
    });
  }
  if (given === undefined && !yes) await agree(terminal, target, files.size);
  for (const [path, content] of files) {
    const file = join(target, path);
    await write(file, content);
    terminal.data(relative(here, file));
  }
  terminal.note(printNextSteps(relative(here, target), terminal.noteColors));
}

async function write(file: string, content: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content, { flag: "wx" });
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (["EEXIST", "ENOTDIR"].includes(code)) {
      throw new AlienError("FILE_EXISTS", `${file} cannot be made: a file is in its way`, {
        fix: "Choose another folder, as in: alien init my-app",
        cause,
      });
    }
    if (!["EACCES", "EPERM", "EROFS"].includes(code)) throw cause;
    throw new AlienError("PERMISSION_DENIED", `${file} cannot be written: ${code}`, {
      fix: "Choose a folder that you may write to, as in: alien init my-app",
      cause,
    });
  }
}

async function agree(terminal: Terminal, target: string, count: number): Promise<void> {
  const present = existsSync(target) ? await readdir(target) : [];
  if (present.length === 0) return;
  const answer = await terminal.ask?.(`${target} is not empty. Write ${count} files here? (y/N) `);
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return;
  throw new AlienError("CONFIRMATION_REQUIRED", `${target} is not empty; nothing was written`, {
    fix: "Name a folder, as in: alien init my-app; or add --yes.",
  });
}

/** The template's files by path. */
async function template(name: string): Promise<ReadonlyMap<string, string>> {
  const root = fileURLToPath(new URL("templates/basic/", packageRoot()));
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = new Map<string, string>();
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const content = await readFile(file, "utf8");
    // npm leaves every .gitignore out of a package, so the template's has no dot.
    const path = relative(root, file).replace(/^gitignore$/, ".gitignore");
    files.set(path, content.replaceAll("{{name}}", name));
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The folder's name as npm accepts one. */
function packageName(target: string): string {
  const name = basename(target)
    .toLowerCase()
    .replace(/[^a-z0-9-_.]+/g, "-")
    .replace(/^[-_.]+|[-_.]+$/g, "");
  return name === "" ? "alien-app" : name;
}
