import { afterEach, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";

let project: Project;

afterEach(() => project.remove());

it("a function with several triggers obeys each one's own options", {
  timeout: 180_000,
}, async () => {
  project = await Project.create({ "alien.ts": STACK, "src/worker.ts": WORKER });
  const dev = await project.dev("--json");
  await project.send("strict", { no: "name" });
  await dev.line(/"queue":"strict".*"outcome":"deadLetter"/);
  await project.send("patient", { no: "name" });
  expect(JSON.parse(await dev.line(/"queue":"patient".*"outcome"/))).toMatchObject({
    outcome: "retry",
    attempt: 1,
  });
  await project.send("later", { name: "waits" });
  await project.send("strict", { name: "runs" });
  expect(JSON.parse(await dev.line(/"line":"/)).line).toBe("strict runs");
  const stats = await here(project.directory, "queue", "stats", "later", "--json");
  expect(JSON.parse(stats.stdout)).toMatchObject({ ready: 1, paused: { declared: true } });
  await here(project.directory, "queue", "resume", "later");
  expect(JSON.parse(await dev.line(/"line":"/)).line).toBe("later waits");
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it("each function gets the messages of its own queue, and of no other's", {
  timeout: 180_000,
}, async () => {
  project = await Project.create({
    "alien.ts": TWO_FUNCTIONS,
    "src/worker.ts": WORKER.replace("queue +", '"worker: " + queue +'),
    "src/mailer.ts": WORKER.replace("queue +", '"mailer: " + queue +'),
  });
  const dev = await project.dev("--json");
  const lines: unknown[] = [];
  for (const [queue, name] of [
    ["tasks", "one"],
    ["mails", "two"],
    ["tasks", "three"],
    ["mails", "four"],
  ] as const) {
    await project.send(queue, { name });
    lines.push(JSON.parse(await dev.line(/"line":"/)).line);
  }
  expect(lines).toEqual([
    "worker: tasks one",
    "mailer: mails two",
    "worker: tasks three",
    "mailer: mails four",
  ]);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it("messages that a binding leaves without a handler are said to wait", {
  timeout: 180_000,
}, async () => {
  project = await Project.create({
    "alien.ts": TWO_FUNCTIONS,
    "src/worker.ts": WORKER.replace('"*"', '"tasks"'),
    "src/mailer.ts": WORKER,
  });
  const dev = await project.dev("--no-api");
  const bound = await here(project.directory, "consumers", "bind", "mails", "worker");
  expect(bound).toMatchObject({ status: 0, stdout: "mails -> worker (active)" });
  expect(bound.stderr).toBe(
    "messages of mails wait where worker has no handler for them; alien dev says so when it starts it",
  );
  await dev.line(/^error HANDLER_MISSING .*"mails"/);
  expect(await dev.line(/^ {2}fix {2}/)).toMatch(
    /\(until then what ran before goes on, and messages of mails wait\)$/,
  );
  expect(await dev.stop("SIGTERM")).toBe(143);
});

const TWO_FUNCTIONS = `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const mails = new alien.Queue("mails").build();
new alien.Function("worker").trigger(tasks).build();
new alien.Function("mailer").trigger(mails).build();
`;

const STACK = `import * as alien from "@alienplatform/core";
import { z } from "zod";

const named = z.object({ name: z.string() });
const strict = new alien.Queue("strict").schema(named).build();
const patient = new alien.Queue("patient").schema(named).build();
const later = new alien.Queue("later").build();

new alien.Function("worker")
  .trigger(strict)
  .trigger(patient, { batchSize: 5, onInvalid: "retry" })
  .trigger(later, { paused: true })
  .build();
`;

const WORKER = `import { onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ name: string }>("*", ({ queue, payload }) => {
  process.stdout.write(queue + " " + payload.name + "\\n");
});
`;
