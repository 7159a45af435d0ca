import { spawnSync } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { here, hereSignalled } from "./here.ts";
import { Project } from "./journey.ts";
import { misfits } from "./json-shapes.ts";

const command = fileURLToPath(new URL("../bin/alien.js", import.meta.url));

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").lease("1m").concurrency(3).build();
const others = new alien.Queue("others").build();
const large = new alien.Queue("large").build();
const ordered = new alien.Queue("ordered").fifo({ group: "account" }).build();
const worker = new alien.Function("worker").trigger(tasks).build();
export default new alien.Stack("app").add(tasks).add(others).add(large).add(ordered).add(worker).build();
`,
  });
});

afterAll(() => project.remove());

const alien = (...args: readonly string[]) => here(project.directory, ...args);
const payloads = async (queue: string) => {
  const { stdout } = await alien("queue", "receive", queue, "-n", "10", "--ack", "--json");
  return stdout.split("\n").map((line) => JSON.parse(line));
};

it("what waits is exported and imported in its order, twice is once, and none is taken away", async () => {
  await alien("queue", "send", "tasks", '{"n":1}', "--attribute", "k=v", "--priority", "9");
  await alien("queue", "send", "tasks", "two", "--text");
  await alien("queue", "send", "tasks", "3", "--job", "charge");
  const delayed = await alien("queue", "send", "tasks", "4", "--delay", "1h", "--json");
  await writeFile(join(project.directory, "kept.ndjson"), "of an earlier export");
  expect(await alien("queue", "export", "tasks", "kept.ndjson")).toEqual({
    status: 0,
    stdout: "",
    stderr: "exported 4 messages of tasks",
  });
  const text = await readFile(join(project.directory, "kept.ndjson"), "utf8");
  expect((await alien("queue", "export", "tasks")).stdout).toBe(text.trimEnd());
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines).toMatchObject([
    { version: 1, type: "message", queue: "tasks", state: "ready", kind: "json", body: '{"n":1}' },
    { kind: "text", body: "two" },
    { job: "charge", body: "3" },
    { id: JSON.parse(delayed.stdout).id, state: "delayed", body: "4", dueAt: expect.any(Number) },
  ]);

  const file = join(project.directory, "kept.ndjson");
  const big = { ...lines[0], id: "big", body: '{"n":12345678901234567890}' };
  const broken = { ...big, id: "broken", body: "{" };
  const added = `${JSON.stringify(big)}\n${JSON.stringify(broken)}\n`;
  await writeFile(file, `${text}{"id":"x"}\n\n${added}`);
  const imported = await alien("queue", "import", "others", "kept.ndjson");
  expect(imported).toMatchObject({
    status: 1,
    stdout: "imported 5 messages to others, 2 lines refused",
    stderr: expect.stringMatching(/^line 5: it is no message .*\nline 8: the payload is not JSON/),
  });
  const again = await alien("queue", "import", "others", "kept.ndjson", "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ version: 1, imported: 0, known: 5 });
  const copied = (await alien("queue", "export", "others")).stdout;
  expect(copied).toContain(JSON.stringify(big.body));
  expect(await payloads("others")).toMatchObject([
    { payload: { n: 1 }, attributes: { k: "v" }, priority: 9 },
    { payload: { n: Number("12345678901234567890") } },
    { payload: "two", kind: "text" },
    { payload: 3, job: "charge" },
  ]);
  const stats = await alien("queue", "stats", "others", "--json");
  expect(JSON.parse(stats.stdout)).toMatchObject({ ready: 0, delayed: 1 });
});

it.each([["queue"], ["dead"]])(
  "%s import and export say what is wrong with a file",
  async (area) => {
    const read = await alien(area, "import", "others", "nowhere.ndjson");
    expect(read).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /^error OPTION_INVALID .+nowhere\.ndjson cannot be read: ENOENT\n.*No such file is there/,
      ),
    });
    expect(await alien(area, "import", "others", ".")).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error OPTION_INVALID .+: EISDIR\n.*It is a folder/),
    });
    for (const [file, code, fix] of [
      ["none/x", "ENOENT", "Make that folder first"],
      [".", "EISDIR", "It is a folder"],
      ["alien.ts/x", "ENOTDIR", "A file is in its way"],
    ] as const) {
      expect(await alien(area, "export", "others", file)).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(
          new RegExp(`^error STORAGE_FAILED .+ cannot be written: ${code}\n.*${fix}`),
        ),
      });
    }
  },
);

it("of large messages, of which few are read at a time, none is left out", async () => {
  const large = "x".repeat(200_000);
  const line = (n: number) =>
    JSON.stringify({
      version: 1,
      type: "message",
      id: `${n}`,
      kind: "text",
      body: `${n} ${large}`,
    });
  const numbers = Array.from({ length: 45 }, (_, n) => n);
  await writeFile(join(project.directory, "large.ndjson"), numbers.map(line).join("\n"));
  await alien("queue", "import", "large", "large.ndjson");
  const { stdout, stderr } = await alien("queue", "export", "large");
  expect(stderr).toBe("exported 45 messages of large");
  const bodies = stdout.split("\n").map((exported): string => JSON.parse(exported).body);
  expect(bodies.map((body) => Number.parseInt(body, 10))).toEqual(numbers);
});

it("where the disk is full an export says so, and what was there before stays", async () => {
  const full = await alien("queue", "export", "tasks", "/dev/full");
  expect(full).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(
      /^error STORAGE_FAILED {2}\/dev\/full cannot be written: ENOSPC\n.*Free some space there/,
    ),
  });
  const shell = `"${process.execPath}" "${command}" queue export tasks > /dev/full`;
  const piped = spawnSync("bash", ["-c", shell], { cwd: project.directory, encoding: "utf8" });
  expect([piped.status, piped.stderr]).toEqual([
    1,
    expect.stringContaining("error STORAGE_FAILED  stdout cannot be written: ENOSPC"),
  ]);
  const drafts = (await readdir(project.directory)).filter((name) => /ndjson\./.test(name));
  expect(drafts).toEqual([]);
});

it("info shows the declaration, the consumer, the counts and what the place can do", async () => {
  const shown = await alien("queue", "info", "tasks");
  expect(shown.status).toBe(0);
  expect(shown.stdout).toMatch(/^tasks {2}on this machine \(the local queue\)\n/);
  for (const fact of [/concurrency +3 at once/, /lease +1m/, /consumer +worker/, /4|3 ready/]) {
    expect(shown.stdout).toMatch(fact);
  }
  const ordered = await alien("queue", "info", "ordered", "--json");
  expect(JSON.parse(ordered.stdout)).toMatchObject({
    version: 1,
    queue: "ordered",
    platform: "local",
    declared: { type: "queue", fifo: { group: "account" } },
    consumer: { status: "active" },
    stats: { ready: 0 },
    capabilities: { ordered: true },
  });
});

it("tail tells what happens until it has told enough, or is stopped", async () => {
  const tail = project.start("queue", "tail", "ordered", "-n", "2", "--json");
  await tail.line(/following ordered/);
  let ended = false;
  void tail.ended.then(() => {
    ended = true;
  });
  while (!ended) await alien("queue", "send", "ordered", '{"account":"a"}');
  expect(await tail.ended).toBe(0);
  expect(tail.stdout).toHaveLength(2);
  for (const line of tail.stdout) {
    const event = { version: 1, queue: "ordered", type: "sent", id: expect.any(String) };
    expect(JSON.parse(line)).toMatchObject(event);
    expect(misfits("queue tail", line)).toEqual([]);
  }
  const stopped = ["queue", "tail", "ordered"];
  const { status } = await hereSignalled(project.directory, stopped, (run) => run("SIGINT"));
  expect(status).toBe(130);
});
