import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import * as alien from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { afterAll, afterEach, expect, it } from "vitest";
import { Program } from "../../../examples/program.ts";
import { root } from "../../source-files.ts";

// Message passing between components: declare a queue, send, receive in batches, acknowledge, or let a
// function be triggered. The three pieces of code are those by which it is introduced, to the letter.

const home = join(root, "test", "journeys", ".alien");
mkdirSync(home, { recursive: true });
const folder = mkdtempSync(join(home, "message-passing-"));
afterAll(() => rmSync(folder, { recursive: true }));

let queues: TestQueues | undefined;
afterEach(async () => {
  await queues?.close();
  queues = undefined;
});

async function open(): Promise<TestQueues> {
  queues = await createTestQueues(new alien.Queue("tasks").build());
  return queues;
}

const quickStart = `import { queue } from "@alienplatform/sdk"
const tasks = await queue("tasks")

await tasks.send("tasks", { type: "process-image", imageId: "123" })

const messages = await tasks.receive("tasks", 10)
for (const msg of messages) {
  await processTask(msg.payload)
  await tasks.ack("tasks", msg.receiptHandle)
}
`;

const declaration = `const tasks = new alien.Queue("tasks").build()
`;

const trigger = `// alien.ts
const worker = new alien.Function("worker")
  .trigger(tasks)
  .build()
`;

const worker = `// worker code
import { onQueueMessage } from "@alienplatform/sdk"

onQueueMessage("tasks", async (message) => {
  await processTask(message.payload)
  // auto-acknowledged on success
})
`;

const imports = `import * as alien from "@alienplatform/core";\n`;
const processTask = `async function processTask(task) { console.log("processed " + JSON.stringify(task)); }\n`;

it("the quick start and the trigger run as they are written", { timeout: 180_000 }, async () => {
  const fromSource = "node --conditions=@alienplatform/source --import tsx";
  const alienCommand = `${fromSource} ${JSON.stringify(join(root, "packages/cli/src/main.ts"))}`;
  const scripts = {
    app: `${fromSource} app.ts`,
    dev: `${alienCommand} dev`,
    send: `${alienCommand} queue send tasks`,
  };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", scripts }));
  writeFileSync(join(folder, "alien.ts"), imports + declaration);
  writeFileSync(join(folder, "app.ts"), quickStart + processTask);
  const run = (script: string, ...args: string[]) =>
    new Program(`${pathToFileURL(folder)}`, script, join(folder, ".alien", "local"), args);
  const app = run("app");
  await app.says('processed {"type":"process-image","imageId":"123"}');
  expect(await app.ends(), app.lines.join("\n")).toBe(0);

  writeFileSync(join(folder, "alien.ts"), imports + declaration + trigger);
  writeFileSync(join(folder, "worker.ts"), worker + processTask);
  const dev = run("dev");
  await dev.says("ready");
  expect(await run("send", '{"imageId":"456"}').ends()).toBe(0);
  await dev.says('processed {"imageId":"456"}');
  await dev.says("attempt 1  ok");
  await dev.stop();
  // The first one was acknowledged: nobody got it again.
  expect(dev.lines.filter((line) => line.includes('"123"'))).toEqual([]);
});

it("JSON and text are received in batches and stay what they are", async () => {
  await open();
  const tasks = await queue("tasks");
  await tasks.send("tasks", { type: "process-image", imageId: "123" });
  await tasks.send("tasks", "123");
  await tasks.send("tasks", 123);
  const messages = await tasks.receive("tasks", 10);
  expect(messages.map(({ kind, payload }) => [kind, payload])).toEqual([
    ["json", { type: "process-image", imageId: "123" }],
    ["text", "123"],
    ["json", 123],
  ]);
});

it("what is not acknowledged is delivered again, and what is acknowledged is not", async () => {
  const opened = await open();
  const tasks = await queue("tasks");
  const kept = await tasks.send("tasks", { n: 1 });
  await tasks.send("tasks", { n: 2 });
  const [, second] = await tasks.receive("tasks", 10);
  await tasks.ack("tasks", second?.receiptHandle ?? "");
  expect(await tasks.receive("tasks", 10)).toEqual([]);
  await opened.clock.advance("30s");
  expect(await tasks.receive("tasks", 10)).toMatchObject([{ id: kept.id, attempt: 2 }]);
});

it("a trigger hands over one message per invocation, and acknowledges it on success only", async () => {
  const opened = await open();
  const invocations: unknown[] = [];
  onQueueMessage("tasks", async (message) => {
    invocations.push(message.payload);
    if (message.attempt === 1 && message.payload === "b") throw new Error("not yet");
  });
  const tasks = await queue("tasks");
  for (const text of ["a", "b"]) await tasks.sendText(text);
  await opened.drain({ until: "empty" });
  expect(invocations).toEqual(["a", "b", "b"]);
  await expect("tasks").toHaveMessages({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
});

it("a queue's id has 1 to 64 characters of A-Z, a-z, 0-9, - and _, and nothing else is required", () => {
  for (const id of ["a", "Tasks_2-b", "x".repeat(64)]) {
    expect(new alien.Queue(id).build()).toMatchObject({ type: "queue", id });
  }
  for (const id of ["", "x".repeat(65), "a b", "ä", "a.b"]) {
    expect(() => new alien.Queue(id).build()).toThrow("64");
  }
});
