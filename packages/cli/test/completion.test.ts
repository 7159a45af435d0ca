import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";

const command = fileURLToPath(new URL("../bin/alien.js", import.meta.url));

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
const mails = new alien.Queue("mails").build();
const worker = new alien.Function("worker").trigger(tasks).build();
export default new alien.Stack("app").platforms("aws").add(tasks).add(mails).add(worker).build();
`,
  });
  await project.write(".alien/state/aws-prod/00000001.json", "{}");
  await here(project.directory, "queue", "ls");
  // From now on only what was loaded last is known: nobody runs this.
  await project.write("alien.ts", `throw new Error("run");`);
});

afterAll(() => project.remove());

async function completions(...words: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await here(project.directory, "complete", "--", ...words);
  return stdout.split("\n").map((line) => line.split("\t")[0] ?? "");
}

it.each([
  [["que"], ["queue"]],
  [["queue", "sen"], ["send"]],
  [
    ["queue", "send", ""],
    ["tasks", "mails"],
  ],
  [["queue", "send", "ta"], ["tasks"]],
  [["consumers", "bind", "tasks", ""], ["worker"]],
  [
    ["dead", "redrive", "tasks", "--to", ""],
    ["tasks", "mails"],
  ],
  [["queue", "stats", "tasks", "--stage", ""], ["prod"]],
  [["deploy", "--platform", ""], ["aws"]],
  [["queue", "pause", "tasks", "--while"], ["--while-paused"]],
  [["completion", "b"], ["bash"]],
])("%j is followed by %j", async (words, wanted) => {
  expect(await completions(...words)).toEqual([...wanted, ":4"]);
});

it("the former names of commands are not offered", async () => {
  expect(await completions("job")).toEqual(["jobs", ":4"]);
});

it("bash completes by the script that is printed for it, also without bash-completion", () => {
  const script = `
alien() { "${process.execPath}" "${command}" "$@"; }
compopt() { :; }
source <(alien completion bash)
source <(alien completion bash)
COMP_WORDS=(alien queue send ta) COMP_CWORD=3
$(complete -p alien | sed 's/.*-F \\([^ ]*\\).*/\\1/')
echo "\${COMPREPLY[*]}"
COMP_WORDS=(alien dead "") COMP_CWORD=2
__alien_complete
echo "\${COMPREPLY[*]}"
`;
  const options = { cwd: project.directory, encoding: "utf8" } as const;
  const { stdout, stderr } = spawnSync("bash", ["--norc", "-c", script], options);
  expect([stdout, stderr]).toEqual(["tasks\nls show edit redrive discard export import\n", ""]);
});

it("every shell has a script, and another word is refused", async () => {
  for (const shell of ["zsh", "fish", "powershell"]) {
    const { status, stdout } = await here(project.directory, "completion", shell);
    expect([status, stdout]).toEqual([0, expect.stringMatching(/alien.* complete/)]);
  }
  expect(await here(project.directory, "completion", "tcsh")).toMatchObject({ status: 2 });
});
