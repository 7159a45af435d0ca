import { afterAll, beforeAll, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile } from "./sample.ts";

// Some commands are processes started from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let project: Project;

beforeAll(async () => {
  project = await Project.create({ "alien.ts": stackFile });
});

afterAll(() => project.remove());

const alien = (...args: readonly string[]) => here(project.directory, ...args);

async function send(payload: string, ...args: readonly string[]): Promise<string> {
  const sent = await alien("queue", "send", "tasks", payload, "--json", ...args);
  return JSON.parse(sent.stdout).id;
}

it("a job is followed from its sending to its end", LIMIT, async () => {
  const id = await send('{"a":1}');
  const pending = await alien("jobs", "get", "tasks", id, "--json");
  expect(JSON.parse(pending.stdout)).toMatchObject({
    version: 1,
    id,
    queue: "tasks",
    status: "PENDING",
    attempts: [],
  });
  await alien("queue", "receive", "tasks", "--ack");
  const done = await alien("jobs", "get", "tasks", id);
  expect(done.status).toBe(0);
  expect(done.stdout).toMatch(new RegExp(`^${id}  SUCCEEDED  1 attempt, ended \\S+ ago\n`));
  expect(await alien("jobs", "wait", "tasks", id)).toMatchObject({ status: 0 });
  expect(await alien("jobs", "requeue", "tasks", id)).toMatchObject({
    status: 4,
    stderr: `nothing was done: job ${id} is SUCCEEDED, not DEAD`,
  });
});

it("a page of jobs, or of messages, says that there are more", LIMIT, async () => {
  const ids: string[] = [];
  for (const n of [1, 2, 3]) ids.push(await send(`{"n":${n}}`));
  const jobs = await alien("jobs", "ls", "tasks", "--status", "pending", "-n", "2", "--json");
  expect(jobs.stderr).toBe(`there are more; --after ${ids[1]} goes on`);
  const peeked = await alien("queue", "peek", "tasks", "-n", "2");
  expect(peeked.stderr).toBe("2 of 3; --number 3 shows all");
  const last = await alien("queue", "peek", "tasks", "-n", "2", "--after", `${ids[0]}`);
  expect(last.stderr).toBe("");
  // What is on loan is shown too, and counted.
  await send('{"n":4}');
  await alien("queue", "receive", "tasks", "-n", "1", "--lease", "12h");
  const lent = await alien("queue", "peek", "tasks", "-n", "2");
  expect(lent.stderr).toBe("2 of 4; --number 4 shows all");
  await alien("queue", "receive", "tasks", "--ack", "-n", "3");
});

it("a wait in one process ends when another acknowledges", LIMIT, async () => {
  const id = await send('{"b":1}');
  const wait = project.alien("jobs", "wait", "tasks", id, "--json");
  await alien("queue", "receive", "tasks", "--ack", "--wait", "10s");
  expect(JSON.parse((await wait).stdout)).toMatchObject({ id, status: "SUCCEEDED" });
});

it("a wait whose time is over shows the job as it is, with status 1", LIMIT, async () => {
  const id = await send('{"c":1}', "--delay", "1h");
  const waited = await alien("jobs", "wait", "tasks", id, "--timeout", "1ms", "--json");
  expect(waited.status).toBe(1);
  expect(JSON.parse(waited.stdout)).toMatchObject({ id, status: "PENDING" });
  const cancelled = await alien("jobs", "cancel", "tasks", id, "--json");
  expect(JSON.parse(cancelled.stdout)).toEqual({ version: 1, queue: "tasks", id, cancelled: true });
  expect(await alien("jobs", "cancel", "tasks", id)).toMatchObject({
    status: 4,
    stderr: `nothing was done: job ${id} is CANCELLED, not PENDING`,
  });
  expect(await alien("jobs", "ls", "tasks", "--status", "canceled")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(
      /--status: there is no status "canceled"\n +fix +Did you mean cancelled\?/,
    ),
  });
  const listed = await alien("jobs", "ls", "tasks", "--status", "cancelled");
  expect(listed.stdout).toContain(`${id}  CANCELLED`);
});

it(
  "a job that is not there is status 3, and a status that is none is status 2",
  LIMIT,
  async () => {
    for (const verb of ["get", "wait", "requeue", "cancel"]) {
      const asked = await alien("jobs", verb, "tasks", "nothing", "--json");
      expect([verb, asked.status]).toEqual([verb, 3]);
      expect(JSON.parse(asked.stderr)).toMatchObject({ error: { code: "UNKNOWN_JOB" } });
    }
    expect((await alien("jobs", "ls", "tasks", "--status", "lost")).status).toBe(2);
  },
);
