import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, it } from "vitest";
import { Program } from "../../examples/program.ts";
import { root } from "../source-files.ts";

// The three programs by which the product is introduced, run to the letter: a declaration, a program
// that sends and pulls, a worker. They stand below the root, where node finds the packages' sources.
const home = join(root, "test", "journeys", ".alien");
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "as-documented-"));
afterAll(() => rmSync(folder, { recursive: true }));

const declaration = `// alien.ts
import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const worker = new alien.Function("worker").trigger(tasks).build();

export default new alien.Stack("images").add(tasks).add(worker).build();
`;

const bare = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const worker = new alien.Function("worker").trigger(tasks).build();
`;

const processTask = `export async function processTask(task: unknown) {
  console.log("processed " + JSON.stringify(task));
}
`;

const app = `import { processTask } from "./src/process-task.ts";
// anywhere in the app
import { queue } from "@alienplatform/sdk";

const tasks = await queue("tasks");
await tasks.send("tasks", { type: "process-image", imageId: "123" });
for (const message of await tasks.receive("tasks", 10)) {
  await processTask(message.payload);
  await tasks.ack("tasks", message.receiptHandle);
}
`;

const worker = `import { processTask } from "./process-task.ts";
// src/worker.ts: one message per call, acknowledged when the handler returns
import { onQueueMessage } from "@alienplatform/sdk";

onQueueMessage("tasks", async (message) => {
  await processTask(message.payload);
});
`;

const fromSource = "node --conditions=@alienplatform/source --import tsx";
const manifest = {
  name: "documented",
  type: "module",
  scripts: {
    app: `${fromSource} app.ts`,
    dev: `${fromSource} ${JSON.stringify(join(root, "packages/cli/src/main.ts"))} dev`,
    send: `${fromSource} ${JSON.stringify(join(root, "packages/cli/src/main.ts"))} queue send tasks`,
    stats: `${fromSource} ${JSON.stringify(join(root, "packages/cli/src/main.ts"))} queue stats tasks --json`,
  },
};

function project(
  name: string,
  stack: string,
): { run: (script: string, ...args: string[]) => Program } {
  const place = join(folder, name);
  mkdirSync(join(place, "src"), { recursive: true });
  const files = { "alien.ts": stack, "app.ts": app, "src/worker.ts": worker };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(place, file), text);
  writeFileSync(join(place, "src/process-task.ts"), processTask);
  writeFileSync(join(place, "package.json"), JSON.stringify(manifest));
  const directory = join(place, ".alien", "local");
  return {
    run: (script, ...args) => new Program(`${pathToFileURL(place)}`, script, directory, args),
  };
}

const stacks = { "with a Stack": declaration, "bare, without Stack or export": bare };
for (const [name, stack] of Object.entries(stacks)) {
  it(`a program sends, receives and acknowledges with alien.ts ${name}`, async () => {
    const { run } = project(`app ${name}`, stack);
    const program = run("app");
    await program.says('processed {"type":"process-image","imageId":"123"}');
    expect(await program.ends()).toBe(0);
    const stats = run("stats");
    expect(await stats.says('"ready":0')).toMatch(/"inFlight":0,"dead":0/);
    expect(await stats.ends()).toBe(0);
  });

  it(`a worker handles what is sent with alien.ts ${name}`, async () => {
    const { run } = project(`worker ${name}`, stack);
    const dev = run("dev");
    await dev.says("ready");
    expect(await run("send", '{"type":"process-image","imageId":"456"}').ends()).toBe(0);
    await dev.says('processed {"type":"process-image","imageId":"456"}');
    await dev.says("attempt 1  ok");
    await dev.stop();
  });
}
