import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile } from "./sample.ts";

// Each command is a process started from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

const tsc = fileURLToPath(new URL("../../../node_modules/typescript/bin/tsc", import.meta.url));

let project: Project;

beforeAll(async () => {
  // No dev runs: each command opens the store itself.
  project = await Project.create({ "alien.ts": stackFile });
});

afterAll(() => project.remove());

it(
  "a message that is sent, received and acknowledged by three processes does not come back",
  LIMIT,
  async () => {
    const sent = await project.alien(
      "queue",
      "send",
      "tasks",
      '{"a":1}',
      "--attribute",
      "k=v",
      "--json",
    );
    expect(sent).toMatchObject({ status: 0, stderr: "" });
    const { id, version, deduplicated } = JSON.parse(sent.stdout);
    expect({ version, deduplicated }).toEqual({ version: 1, deduplicated: false });

    const peeked = await here(project.directory, "queue", "peek", "tasks");
    expect(peeked.stdout).toContain(id);
    expect(peeked.stdout).toContain('{"a":1}');

    const received = await project.alien("queue", "receive", "tasks", "--json");
    const message = JSON.parse(received.stdout);
    expect(message).toMatchObject({
      version: 1,
      id,
      kind: "json",
      payload: { a: 1 },
      attributes: { k: "v" },
      attempt: 1,
    });
    expect(await project.alien("queue", "ack", "tasks", message.receiptHandle)).toMatchObject({
      status: 0,
      stdout: "acknowledged 1",
    });
    const stats = await here(project.directory, "queue", "stats", "tasks", "--json");
    expect(JSON.parse(stats.stdout)).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
  },
);

it("text from stdin stays text, and receive --ack takes it for good", LIMIT, async () => {
  const send = project.start("queue", "send", "tasks", "--text", "-");
  send.process.stdin?.end("123\n");
  expect(await send.ended).toBe(0);
  const received = await here(project.directory, "queue", "receive", "tasks", "--ack", "--json");
  expect(JSON.parse(received.stdout)).toMatchObject({ kind: "text", payload: "123\n" });
  expect(received.stdout).not.toContain("receiptHandle");
  const again = await here(project.directory, "queue", "receive", "tasks");
  expect(again).toMatchObject({ status: 0, stdout: "", stderr: "no message is ready in tasks" });
});

it("a delayed message is counted as delayed, and purge wants to be sure", LIMIT, async () => {
  await here(project.directory, "queue", "send", "tasks", "{}", "--delay", "1h");
  const ls = await here(project.directory, "queue", "ls", "--json");
  expect(JSON.parse(ls.stdout)).toMatchObject({
    version: 1,
    queues: [{ queue: "tasks", ready: 0, delayed: 1 }],
  });
  const refused = await here(project.directory, "queue", "purge", "tasks");
  expect(refused.status).toBe(2);
  expect(refused.stderr).toContain("error CONFIRMATION_REQUIRED");
  expect(refused.stderr).toContain("remove 1 message of tasks for ever");
  const purged = await here(project.directory, "queue", "purge", "tasks", "--yes", "--json");
  expect(JSON.parse(purged.stdout)).toEqual({ version: 1, queue: "tasks", purged: 1 });
});

it("a job is sent for the handler of its name", LIMIT, async () => {
  await here(project.directory, "queue", "send", "tasks", '{"cents":500}', "--job", "charge");
  const received = await here(project.directory, "queue", "receive", "tasks", "--ack", "--json");
  expect(JSON.parse(received.stdout)).toMatchObject({ payload: { cents: 500 }, job: "charge" });
});

it("a message with a higher priority is received before those sent earlier", LIMIT, async () => {
  await here(project.directory, "queue", "send", "tasks", '"later"');
  await here(project.directory, "queue", "send", "tasks", '"sooner"', "--priority", "9");
  const received = await here(project.directory, "queue", "receive", "tasks", "--ack", "--json");
  expect(JSON.parse(received.stdout)).toMatchObject({ payload: "sooner", priority: 9 });
  const rest = await here(project.directory, "queue", "receive", "tasks", "--ack", "--json");
  expect(JSON.parse(rest.stdout)).toMatchObject({ payload: "later", priority: 0 });
  const refused = await here(project.directory, "queue", "send", "tasks", "{}", "--priority", "10");
  expect(refused.stderr).toContain('"10" is not a number from 0 to 9');
});

it("of a concurrency key only so many messages are received as its limit", LIMIT, async () => {
  const send = (payload: string, ...more: string[]) =>
    here(project.directory, "queue", "send", "tasks", payload, ...more);
  const key = ["--concurrency-key", "customer-7"];
  await send("1", ...key);
  await send("2", ...key, "--concurrency-limit", "2");
  await send("3", ...key, "--concurrency-limit", "2");
  const receive = (...more: string[]) =>
    here(project.directory, "queue", "receive", "tasks", "--number", "10", "--json", ...more);
  const payloads = (lines: string) =>
    lines.split("\n").map((line) => (line === "" ? undefined : JSON.parse(line).payload));
  const first = await receive("--ack");
  expect(payloads(first.stdout)).toEqual([1, 2]);
  expect(payloads((await receive("--ack")).stdout)).toEqual([3]);
  const refused = await send("4", "--concurrency-limit", "2");
  expect(refused.stderr).toContain("--concurrency-limit is the limit of a key");
});

it("a repeated idempotency key answers the first id and says so", LIMIT, async () => {
  const send = (payload: string, ...more: string[]) =>
    here(project.directory, "queue", "send", "tasks", payload, "--idempotency-key", "k1", ...more);
  const first = await send("1");
  expect(first).toMatchObject({ status: 0, stderr: "" });
  const note = "deduplicated: the key was used before, nothing was stored";
  expect(await send("2")).toMatchObject({ status: 0, stdout: first.stdout, stderr: note });
  expect(JSON.parse((await send("3", "--json")).stdout)).toMatchObject({
    id: first.stdout,
    deduplicated: true,
  });
  const received = await here(project.directory, "queue", "receive", "tasks", "--ack", "--json");
  expect(JSON.parse(received.stdout)).toMatchObject({ payload: 1 });
});

it("an unknown queue is not found, with the nearest names", LIMIT, async () => {
  const { status, stdout, stderr } = await here(project.directory, "queue", "stats", "taks");
  expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
  expect(stderr).toContain('error UNKNOWN_QUEUE  alien.ts declares no queue "taks"');
  expect(stderr).toContain("Did you mean tasks?");
});

it("a receive that waits ends on a signal", LIMIT, async () => {
  const receive = project.start("queue", "receive", "tasks", "--wait", "1h", "--json");
  await receive.line(/waiting/);
  expect(await receive.stop("SIGINT")).toBe(130);
});

it("dead letters are listed with their reason, redriven, and discarded", LIMIT, async () => {
  const dead = async (reason: string) => {
    const id = await project.send("tasks", { name: reason });
    await project.use("tasks", async (client) => {
      for (const message of await client.receive(1)) await client.deadLetter(message, reason);
    });
    return id;
  };
  const one = await dead("no such account");
  const listed = await here(project.directory, "dead", "ls", "tasks", "--json");
  expect(JSON.parse(listed.stdout)).toMatchObject({
    version: 1,
    id: one,
    payload: { name: "no such account" },
    attempts: 1,
    error: { message: "no such account" },
  });
  const redriven = await here(project.directory, "dead", "redrive", "tasks", "--all");
  expect(redriven).toMatchObject({ status: 0, stdout: "redrove 1 dead letter to tasks" });
  const message = await project.use("tasks", (client) => client.receive(1));
  expect(message).toMatchObject([{ id: one, attempt: 1 }]);

  const two = await dead("unreadable");
  expect(await here(project.directory, "dead", "discard", "tasks", "--all")).toMatchObject({
    status: 2,
  });
  const discarded = await here(project.directory, "dead", "discard", "tasks", two, "--json");
  expect(JSON.parse(discarded.stdout)).toEqual({ version: 1, queue: "tasks", discarded: 1 });
  expect(await here(project.directory, "dead", "redrive", "tasks")).toMatchObject({ status: 2 });
});

it("an id that names no dead letter is not found, and the others are done", LIMIT, async () => {
  const id = await project.send("tasks", { name: "Ada" });
  await project.use("tasks", async (client) => {
    for (const message of await client.receive(1)) await client.deadLetter(message, "no account");
  });
  const one = await here(project.directory, "dead", "redrive", "tasks", id.slice(8, 18), id);
  expect(one).toMatchObject({ status: 3, stdout: "" });
  expect(one.stderr).toMatch(
    `error UNKNOWN_DEAD_LETTER  no dead letter of this queue is "${id.slice(8, 18)}"; 1 other done`,
  );
  // It is no dead letter any more.
  expect(await here(project.directory, "dead", "discard", "tasks", id)).toMatchObject({
    status: 3,
  });
});

it("init writes a project whose queues are there", LIMIT, async () => {
  const fresh = await Project.create({});
  try {
    expect(await fresh.alien("init")).toMatchObject({ status: 0 });
    const { stdout } = await here(fresh.directory, "queue", "ls", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ queues: [{ queue: "tasks", ready: 0 }] });
    const dev = await fresh.dev();
    await fresh.send("tasks", { name: "Ada" });
    expect(await dev.line(/hello/)).toBe("[worker] hello, Ada");
    expect(await dev.stop("SIGTERM")).toBe(143);
  } finally {
    await fresh.remove();
  }
});

it("a project of init imports alien.ts by its name, and type-checks", LIMIT, async () => {
  const fresh = await Project.create({});
  try {
    expect(await here(fresh.directory, "init")).toMatchObject({ status: 0 });
    await fresh.write("src/typed.ts", 'export { default as stack } from "../alien.ts";\n');
    // The condition stands for the built packages, which a checkout does not have.
    const check = [tsc, "--noEmit", "--customConditions", "@alienplatform/source"];
    const { stdout } = spawnSync(process.execPath, check, { cwd: fresh.directory });
    expect(stdout.toString()).toBe("");
  } finally {
    await fresh.remove();
  }
});

it(
  "a payload that the schema of alien.ts refuses is not sent, and what it takes is",
  LIMIT,
  async () => {
    const strict = await Project.create({ "alien.ts": STRICT });
    try {
      const send = (payload: string, ...more: readonly string[]) =>
        here(strict.directory, "queue", "send", "tasks", payload, ...more);
      const refused = await send('{"image":1}', "--json");
      expect(refused.status).toBe(1);
      expect(JSON.parse(refused.stderr).error).toMatchObject({
        code: "PAYLOAD_REFUSED",
        message: expect.stringContaining("image: "),
      });
      expect((await send("no object", "--text")).stderr).toContain("error PAYLOAD_REFUSED");
      expect((await send('{"image":"a.png"}')).status).toBe(0);
      const stats = await here(strict.directory, "queue", "stats", "tasks", "--json");
      expect(JSON.parse(stats.stdout)).toMatchObject({ ready: 1 });
    } finally {
      await strict.remove();
    }
  },
);

it("explain says what the code of an error means, without its links", LIMIT, async () => {
  const { status, stdout } = await here(project.directory, "explain", "queue_paused");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^QUEUE_PAUSED\n\nThe operation makes no sense while/);
  const unknown = await here(project.directory, "explain", "QUEUE_PASUED");
  expect([unknown.status, unknown.stderr]).toEqual([
    2,
    expect.stringContaining("Did you mean QUEUE_PAUSED?"),
  ]);
});

const STRICT = `import * as alien from "@alienplatform/core";
import { z } from "zod";

new alien.Queue("tasks").schema(z.object({ image: z.string() })).build();
`;
