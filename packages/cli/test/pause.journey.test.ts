import { afterEach, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";

// Each starts several processes from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let project: Project;

afterEach(() => project.remove());

/** A queue, and two functions that could consume it; the first does. */
function stack(trigger = ""): string {
  return `import * as alien from "@alienplatform/core";

const tasks = new alien.Queue("tasks").build();
const others = new alien.Queue("others").build();
const worker = new alien.Function("worker").trigger(tasks${trigger}).build();
const next = new alien.Function("next").trigger(others, { batchSize: 5 }).build();

export default new alien.Stack("sample").add(tasks).add(others).add(worker).add(next).build();
`;
}

function handlers(name: string, ...queues: readonly string[]): string {
  const handle = `({ payload }) => void process.stdout.write("${name} got " + payload + "\\n")`;
  const lines = queues.map((queue) => `onQueueMessage("${queue}", ${handle});`);
  return [`import { onQueueMessage } from "@alienplatform/sdk";`, ...lines, ""].join("\n");
}

function sample(trigger?: string): Promise<Project> {
  return Project.create({
    "alien.ts": stack(trigger),
    "src/worker.ts": handlers("worker", "tasks"),
    "src/next.ts": handlers("next", "tasks", "others"),
  });
}

it(
  "a queue paused by a command stands still, says why, and goes on when it is resumed",
  LIMIT,
  async () => {
    project = await sample();
    const dev = await project.dev();
    const paused = await here(
      project.directory,
      ...["queue", "pause", "tasks", "--reason", "the bank is closed", "--until", "2h"],
    );
    expect(paused.stdout).toMatch(
      /^paused tasks: the bank is closed; until \S+[+-]\d\d:\d\d \(in (2h|1h 59m)\); messages wait$/,
    );
    expect(await dev.line(/^paused/)).toContain("tasks: the bank is closed");
    await project.send("tasks", "a");
    await project.send("others", "b");
    expect(await dev.line(/got/)).toBe("[next] next got b");
    const ls = await here(project.directory, "queue", "ls");
    expect(ls.stdout).toContain("paused tasks: the bank is closed");
    const stats = await here(project.directory, "queue", "stats", "tasks", "--json");
    expect(JSON.parse(stats.stdout)).toMatchObject({
      ready: 1,
      inFlight: 0,
      paused: { reason: "the bank is closed", whilePaused: "wait" },
    });
    const peeked = await here(project.directory, "queue", "peek", "tasks");
    expect(peeked.stderr).toContain("paused tasks: the bank is closed");
    expect((await here(project.directory, "queue", "resume", "tasks")).stdout).toBe(
      "resumed tasks",
    );
    await dev.line(/^resumed {2}tasks/);
    expect(await dev.line(/got/)).toBe("[worker] worker got a");
    expect((await here(project.directory, "queue", "resume", "tasks")).stdout).toBe(
      "tasks was not paused",
    );
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);

it(
  "a queue that alien.ts starts paused stays as an operator leaves it, until alien.ts changes",
  LIMIT,
  async () => {
    project = await sample(", { paused: true }");
    await project.send("tasks", "a");
    const dev = await project.dev();
    expect(dev.stderr.join("\n")).toContain("paused  tasks: alien.ts starts it paused");
    await here(project.directory, "queue", "resume", "tasks");
    expect(await dev.line(/got/)).toBe("[worker] worker got a");
    expect(await dev.stop("SIGTERM")).toBe(143);

    const again = await project.dev();
    await project.send("tasks", "b");
    expect(await again.line(/got/)).toBe("[worker] worker got b");
    expect(again.stderr.join("\n")).not.toContain("paused");

    await project.write("alien.ts", stack());
    await again.line(/^alien.ts reloaded/);
    await project.write("alien.ts", stack(', { paused: true, whilePaused: "deadLetter" }'));
    expect(await again.line(/^paused/)).toContain("messages go to the dead letters");
    await project.send("tasks", "c");
    const dead = await here(project.directory, "dead", "ls", "tasks");
    expect(dead.stdout).toContain("PAUSED");
    const redrive = await here(project.directory, "dead", "redrive", "tasks", "--all");
    expect([redrive.status, redrive.stderr]).toEqual([
      4,
      expect.stringContaining("error QUEUE_PAUSED"),
    ]);
    await project.write("alien.ts", stack());
    await again.line(/^resumed {2}tasks/);
    await here(project.directory, "dead", "redrive", "tasks", "--all");
    expect(await again.line(/got/)).toBe("[worker] worker got c");
    expect(await again.stop("SIGTERM")).toBe(143);
  },
);

it("a queue that is bound to another function is consumed by that one at once", LIMIT, async () => {
  project = await sample();
  const dev = await project.dev();
  await project.send("tasks", "a");
  expect(await dev.line(/got/)).toBe("[worker] worker got a");

  const set = await here(project.directory, "consumers", "bind", "tasks", "next");
  expect(set.stdout).toBe("tasks -> next (active)");
  expect(await dev.line(/^bound/)).toBe("bound  tasks to next");
  await dev.line(/ runs again/);
  await dev.line(/ runs again/);
  await project.send("tasks", "b");
  expect(await dev.line(/got/)).toBe("[next] next got b");
  const ls = await here(project.directory, "consumers", "ls", "--json");
  expect(JSON.parse(ls.stdout).bindings).toEqual([
    { queue: "tasks", function: "next", status: "active", declared: "worker" },
    { queue: "others", function: "next", status: "active", declared: "next" },
  ]);

  const unknown = await here(project.directory, "consumers", "bind", "tasks", "wroker");
  expect([unknown.status, unknown.stderr]).toEqual([
    3,
    expect.stringMatching(/error UNKNOWN_FUNCTION.*\n.*Did you mean worker\?/),
  ]);
  const unsure = await here(project.directory, "consumers", "unbind", "tasks");
  expect([unsure.status, unsure.stderr]).toEqual([
    2,
    expect.stringMatching(/error CONFIRMATION_REQUIRED.*\n.*--confirm tasks/),
  ]);
  await here(project.directory, "consumers", "unbind", "tasks", "--confirm", "tasks");
  expect(await dev.line(/^bound/)).toBe("bound  tasks as alien.ts says");
  await dev.line(/ runs again/);
  await dev.line(/ runs again/);
  await project.send("tasks", "c");
  expect(await dev.line(/got/)).toBe("[worker] worker got c");
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it(
  "a function without a handler for the queue it is bound to says so, and the messages wait",
  LIMIT,
  async () => {
    project = await sample();
    await project.write("src/next.ts", handlers("next", "others"));
    await here(project.directory, "consumers", "bind", "tasks", "next", "--paused");
    const dev = await project.dev();
    expect(dev.stderr.join("\n")).toMatch(/error HANDLER_MISSING.*"next".*"tasks"/);
    expect(dev.stderr.join("\n")).toContain("paused  tasks: its consumer was bound as paused");
    await project.send("tasks", "a");
    await here(project.directory, "queue", "resume", "tasks");
    await dev.line(/^resumed {2}tasks/);
    await project.write("src/next.ts", handlers("next", "others", "tasks"));
    expect(await dev.line(/got/)).toBe("[next] next got a");
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);

it("a second signal is obeyed and said", LIMIT, async () => {
  project = await sample();
  await project.write(
    "src/worker.ts",
    `import { onQueueMessage } from "@alienplatform/sdk";
onQueueMessage("tasks", async () => {
  process.stdout.write("begun\\n");
  await new Promise(() => setInterval(() => undefined, 1_000));
});
`,
  );
  const dev = await project.dev();
  await project.send("tasks", "a");
  await dev.line(/begun/);
  dev.process.kill("SIGINT");
  await dev.line(/^stopping, handlers may finish/);
  expect(await dev.stop("SIGINT")).toBe(130);
  expect(dev.stderr.at(-1)).toMatch(/^stopped now \(SIGINT\)/);
});
