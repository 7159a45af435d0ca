import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { Project } from "../../packages/cli/test/journey.ts";
import type { Row } from "./budget.ts";
import type { ServedDev } from "./served-dev.ts";

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|\[::1\]|\[::ffff:127\.\d+\.\d+\.\d+\])$/;

/** S1: what `ss` says of every socket that dev, its functions and a console listen on. */
export async function listening(dev: ServedDev): Promise<Row> {
  const project = await Project.create({
    "alien.ts": `import { Queue } from "@alienplatform/core";\nnew Queue("tasks").build();\n`,
  });
  try {
    const console = project.start("console", "--no-open", "--json");
    await console.line(/^\{/);
    const found = [dev.running, console].flatMap(({ process: { pid = 0 } }) => socketsOf(pid));
    const open = found.filter((address) => !LOOPBACK.test(address.replace(/:\d+$/, "")));
    const violations = open.map((address) => `listens on ${address}`);
    // dev's API and its function, and the console's API, each at least once.
    if (found.length < 3) violations.push(`only ${found.join(", ")} were found: nothing is shown`);
    return { area: "S1 listens on loopback only", done: found.join(", "), violations };
  } finally {
    await project.remove();
  }
}

/** Addresses on which a process and those that it started listen. */
function socketsOf(pid: number): readonly string[] {
  const pids = new Set(withChildren(pid).map(String));
  const lines = execFileSync("ss", ["-Hltnp"], { encoding: "utf8" }).split("\n");
  return lines.flatMap((line) => {
    const mine = [...line.matchAll(/pid=(\d+)/g)].some(([, each = ""]) => pids.has(each));
    const [, , , address] = line.split(/\s+/);
    return mine && address !== undefined ? [address] : [];
  });
}

function withChildren(pid: number): readonly number[] {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const children = tasks.flatMap((task) =>
    readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean),
  );
  return [pid, ...children.flatMap((child) => withChildren(Number(child)))];
}
