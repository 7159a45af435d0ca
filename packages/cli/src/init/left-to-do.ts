import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../package-root.ts";
import type { NextSteps } from "../print/next-steps.ts";
import type { Manifest } from "./manifest.ts";

/** What `alien init` leaves to its user: all that is in files which were there, none of which it changes. */
export async function leftToDo(
  target: string,
  folder: string,
  kept: readonly string[],
  manifest: Manifest | undefined,
): Promise<NextSteps> {
  const steps = { folder, kept, checkout: checkout(), unignored: await unignored(target) };
  if (manifest === undefined) {
    return { ...steps, tools: [], scripts: {}, dev: "dev", send: "send" };
  }
  const { scripts = {}, dependencies = {}, devDependencies = {} } = manifest;
  const added: Record<string, string> = {};
  const script = (name: string, command: string) => {
    const found = Object.keys(scripts).find((each) => scripts[each] === command);
    if (found !== undefined) return found;
    const free = name in scripts ? `alien:${name}` : name;
    added[free] = command;
    return free;
  };
  const dev = script("dev", "alien dev");
  const send = kept.includes("src/send.ts") ? undefined : script("send", "tsx src/send.ts");
  const tools = send === undefined || "tsx" in { ...dependencies, ...devDependencies };
  return { ...steps, tools: tools ? [] : ["tsx"], scripts: added, dev, send };
}

/** Whether the messages would be committed with the code. */
async function unignored(target: string): Promise<boolean> {
  const text = await readFile(join(target, ".gitignore"), "utf8").catch(() => "");
  return !/^\/?\.alien\/?\s*$/m.test(text);
}

/** The checkout that this runs from, undefined where it is installed. */
function checkout(): string | undefined {
  const root = new URL("../../", packageRoot());
  return existsSync(new URL("packages/core/package.json", root))
    ? fileURLToPath(root).replace(/[\\/]$/, "")
    : undefined;
}
