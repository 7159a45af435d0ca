import { afterEach, expect, it } from "vitest";
import { Project } from "./journey.ts";

// Each starts several processes from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let project: Project;

afterEach(() => project.remove());

it("a function runs again only once the process before has stopped taking", LIMIT, async () => {
  project = await Project.create({ "alien.ts": stack(), "src/worker.ts": WORKER });
  const dev = await project.dev("--json");
  await project.send("tasks", "block");
  await dev.line(/"line":"block begins"/);
  // Only the new process takes from the others, and it does so from when it is ready.
  await project.write("alien.ts", stack(".trigger(others)"));
  await project.send("others", "a");
  await dev.line(/"type":"delivery","queue":"others"/);
  // The one before has not heard yet that it is to end.
  expect(dev.stdout.filter((line) => /"type":"(restarted|stackReloaded)"/.test(line))).toEqual([]);
  await project.write("go-on", "");
  await dev.line(/"type":"restarted"/);
  await dev.line(/"type":"stackReloaded"/);
  expect(await dev.stop("SIGTERM")).toBe(143);
  // What had begun before ran to its end.
  expect(dev.stdout.filter((line) => /"type":"delivery","queue":"tasks"/.test(line))).toEqual([
    expect.stringContaining('"outcome":"ack"'),
  ]);
});

it("further changes do not wait for a process before that hears nothing", LIMIT, async () => {
  project = await Project.create({ "alien.ts": stack(), "src/worker.ts": WORKER });
  const dev = await project.dev("--json");
  await project.send("tasks", "block");
  await dev.line(/"line":"block begins"/);
  for (const name of ["second", "third"]) {
    await project.write(
      "src/worker.ts",
      `${WORKER}process.stdout.write("${name} is loaded\\n");\n`,
    );
    await dev.line(new RegExp(`"line":"${name} is loaded"`));
  }
  expect(dev.stdout.filter((line) => line.includes('"type":"restarted"'))).toEqual([]);
  await project.write("go-on", "");
  await dev.line(/"type":"restarted"/);
  await dev.line(/"type":"restarted"/);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

function stack(trigger = ""): string {
  return `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const others = new alien.Queue("others").build();
const worker = new alien.Function("worker").trigger(tasks)${trigger}.build();

export default new alien.Stack("sample").add(tasks).add(others).add(worker).build();
`;
}

/** Hears nothing while it handles a message "block", until there is a file "go-on" or the test is over. */
const WORKER = `import { existsSync } from "node:fs";
import { onQueueMessage } from "@alienplatform/sdk";

const nothing = new Int32Array(new SharedArrayBuffer(4));
onQueueMessage("*", ({ payload }) => {
  process.stdout.write(payload + " begins\\n");
  const blocks = () => payload === "block" && existsSync("alien.ts") && !existsSync("go-on");
  while (blocks()) Atomics.wait(nothing, 0, 0, 10);
});
`;
