import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { Context } from "../context.ts";
import { printNextSteps } from "../print/next-steps.ts";
import type { Terminal } from "../terminal.ts";
import { leftToDo } from "./left-to-do.ts";
import { makeFolder } from "./make-folder.ts";
import { manifestIn } from "./manifest.ts";
import { template } from "./template.ts";

/** Writes the template into a folder, beside what is there; a stack that is there is somebody's. */
export async function writeProject(
  { directory: here, terminal }: Context,
  given: string | undefined,
  yes: boolean,
): Promise<void> {
  const target = resolve(here, given ?? ".");
  if (existsSync(join(target, "alien.ts"))) {
    throw new AlienError("FILE_EXISTS", `${target} already has a stack: alien.ts`, {
      fix: "Choose another folder, as in: alien init my-app; or move that file away. Nothing was written.",
      details: { files: ["alien.ts"] },
    });
  }
  const manifest = await manifestIn(target);
  const files = await template(target, manifest);
  const kept = [...files.keys()].filter((path) => existsSync(join(target, path)));
  if (given === undefined && !yes) await agree(terminal, target, files.size - kept.length);
  for (const path of files.keys())
    await made(join(target, path), (file) => makeFolder(dirname(file)));
  for (const [path, content] of files) {
    if (kept.includes(path)) continue;
    const file = join(target, path);
    await made(file, () => writeFile(file, content, { flag: "wx" }));
    terminal.data(relative(here, file));
  }
  const steps = await leftToDo(target, relative(here, target), kept, manifest);
  terminal.note(printNextSteps(steps, terminal.noteColors));
}

async function made(file: string, make: (file: string) => Promise<void>): Promise<void> {
  try {
    await make(file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
    if (["EEXIST", "ENOTDIR"].includes(code)) {
      throw new AlienError("FILE_EXISTS", `${file} cannot be made: a file is in its way`, {
        fix: "Choose another folder, as in: alien init my-app",
        cause,
      });
    }
    // ENOENT is what a file system answers that has no files of ours, as /proc.
    if (!["EACCES", "EPERM", "EROFS", "ENOENT"].includes(code)) throw cause;
    throw new AlienError("PERMISSION_DENIED", `${file} cannot be written: ${code}`, {
      fix: "Choose a folder that you may write to, as in: alien init my-app",
      cause,
    });
  }
}

async function agree(terminal: Terminal, target: string, count: number): Promise<void> {
  const present = existsSync(target) ? await readdir(target) : [];
  if (present.length === 0) return;
  const answer = await terminal.ask?.(
    `${target} is not empty. Write ${count} files beside what is there? (y/N) `,
  );
  if (answer !== undefined && /^y(es)?$/i.test(answer.trim())) return;
  throw new AlienError("CONFIRMATION_REQUIRED", `${target} is not empty; nothing was written`, {
    fix: "Name a folder, as in: alien init my-app; or add --yes, which leaves what is there as it is.",
  });
}
