import { afterAll, beforeAll, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";
import { stackFile, workerFile } from "./sample.ts";

const LIMIT = { timeout: 180_000 };

let project: Project;

beforeAll(async () => {
  project = await Project.create({ "alien.ts": stackFile, "src/worker.ts": workerFile("hello") });
});

afterAll(() => project.remove());

const alien = (...args: readonly string[]) => here(project.directory, ...args);

async function clock(...args: readonly string[]) {
  const { status, stdout } = await alien("clock", ...args, "--json");
  expect(status).toBe(0);
  return JSON.parse(stdout);
}

it("the clock is set ahead, which ends a delay, stays so, and is reset", LIMIT, async () => {
  await alien("queue", "send", "tasks", '{"n":1}', "--delay", "1h");
  expect(await alien("queue", "receive", "tasks", "--json")).toMatchObject({ stdout: "" });
  expect(await clock()).toMatchObject({ version: 1, aheadMs: 0 });
  const advanced = await alien("clock", "advance", "1h");
  expect(advanced.stdout).toMatch(/^\d{4}-\d\d-\d\dT\S+Z {2}1h ahead$/);
  const received = await alien("queue", "receive", "tasks", "--json");
  expect(JSON.parse(received.stdout)).toMatchObject({ payload: { n: 1 } });
  expect(await clock("advance", "30m")).toMatchObject({ aheadMs: 90 * 60_000 });
  expect(await clock("reset")).toMatchObject({ aheadMs: 0 });
  expect((await alien("clock")).stdout).toMatch(/Z {2}the system's$/);
});

it("times are printed by the queues' clock", LIMIT, async () => {
  await clock("advance", "3h");
  const sent = await alien("queue", "send", "tasks", '{"n":2}', "--delay", "1h", "--json");
  const { id } = JSON.parse(sent.stdout);
  const soon = /due in (1h|59m[ \d]*s?)\b/;
  expect((await alien("queue", "peek", "tasks")).stdout).toMatch(soon);
  expect((await alien("jobs", "ls", "tasks")).stdout).toMatch(soon);
  expect((await alien("jobs", "get", "tasks", id)).stdout).toMatch(soon);
  await clock("advance", "1h");
  const received = await alien("queue", "receive", "tasks", "-n", "2", "--ack");
  expect(received.stdout).toMatch(/sent 1h ago/);
  await clock("reset");
});

it("a time without a unit, or none at all, is refused", LIMIT, async () => {
  const bare = await alien("clock", "advance", "2");
  expect(bare).toMatchObject({ status: 2, stdout: "" });
  expect(bare.stderr).toContain('Write "2s" or "2ms".');
  const none = await alien("clock", "advance", "0s");
  expect(none).toMatchObject({ status: 2, stdout: "" });
  expect(none.stderr).toContain("the clock cannot be set ahead by 0 ms");
});

it("a running dev says that it is ahead, and handles what the clock makes due", LIMIT, async () => {
  await clock("advance", "2h");
  const dev = await project.dev();
  const warning = await dev.line(/^warning/);
  expect(warning).toContain("the queues' clock is 2h ahead");
  expect(warning).toContain("alien clock reset");
  await alien("queue", "send", "tasks", '{"name":"Ada"}', "--delay", "5d");
  await clock("advance", "5d");
  await dev.line(/tasks -> worker .* ok/);
  expect(await dev.stop("SIGTERM")).toBe(143);
});
