import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import { unpackArtifact } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import type { Deployment } from "./deployment.ts";
import { refuseProblems } from "./refuse-problems.ts";

export interface WrittenExport {
  /** Relative to the working directory. */
  readonly files: readonly string[];
  /** What to do with them, in steps. */
  readonly next: readonly string[];
}

/** Writes a stage's parts in another tool's language into a folder, and the code that they name beside it. */
export async function writeExport(
  { directory }: Pick<Context, "directory">,
  deployment: Deployment,
  { format, out }: { readonly format: string; readonly out: string },
): Promise<WrittenExport> {
  const { exporters = {}, platform } = deployment.platform;
  const exporter = Object.hasOwn(exporters, format) ? exporters[format] : undefined;
  if (exporter === undefined) {
    throw new AlienError("OPTION_INVALID", `${platform} is not written as "${format}"`, {
      fix: `Use --format ${Object.keys(exporters).join(" or ")}.`,
    });
  }
  const packed = await deployment.pack();
  refuseProblems(await deployment.checkHandlers(packed));
  const { code, files: zips } = packed;
  const { stack, directory: project } = deployment.stack;
  const exported = exporter(stack, deployment.cloud.place, code);
  const { name, text, more = {}, unpacked, next } = exported;
  const folder = resolve(directory, out);
  const written = [join(folder, name)];
  for (const [sha256, zip] of Object.entries(zips)) {
    const from = join(project, zip);
    const folders = unpacked?.filter((each) => each.sha256 === sha256);
    if (folders === undefined) {
      const file = join(folder, "code", `${sha256}.zip`);
      await mkdir(join(folder, "code"), { recursive: true });
      await copyFile(from, file);
      written.push(file);
    }
    for (const { folder: into } of folders ?? []) {
      written.push(...(await unpackArtifact(from, join(folder, into))));
    }
  }
  // Last, so that nothing names what is not there yet.
  for (const [path, content] of Object.entries({ ...more, [name]: text })) {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, content);
    if (path !== name) written.push(file);
  }
  return { files: written.map((file) => relative(directory, file)), next };
}
