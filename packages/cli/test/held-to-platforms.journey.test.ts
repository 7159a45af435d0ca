import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { FROM_SOURCE } from "../../../test/from-source.ts";
import { here } from "./here.ts";
import { Project } from "./journey.ts";

// Each command is a process started from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
export default new alien.Stack("shop").platforms("aws", "gcp").add(tasks).build();
`,
    "send.ts": `import { queue } from "@alienplatform/sdk";
const tasks = await queue("tasks");
await tasks.send({ n: 1 }, { priority: 5 }).catch((error) => console.log(error.code, error.message));
await tasks.send({ n: 2 });
process.exit(0);
`,
  });
});

afterAll(() => project.remove());

it(
  "what a platform that the stack names would refuse is refused here, by command and by program",
  LIMIT,
  async () => {
    const urgent = await here(project.directory, "queue", "send", "tasks", "{}", "--priority", "1");
    expect(urgent).toMatchObject({ status: 1 });
    expect(urgent.stderr).toContain('SQS (.platforms("aws")) has no priorities');

    const from = [...FROM_SOURCE];
    const program = spawnSync(process.execPath, [...from, "send.ts"], {
      cwd: project.directory,
      encoding: "utf8",
    });
    expect(program.stdout).toContain("UNSUPPORTED");
    expect(program.stdout).toContain('SQS (.platforms("aws")) has no priorities');
    const stats = await here(project.directory, "queue", "stats", "tasks", "--json");
    expect(JSON.parse(stats.stdout)).toMatchObject({ ready: 1, delayed: 0 });
  },
);
