import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { here } from "./here.ts";
import { Project } from "./journey.ts";

const LIMIT = { timeout: 180_000 };

let project: Project;

beforeAll(async () => {
  project = await Project.create({
    "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
const others = new alien.Queue("others").build();
const ordered = new alien.Queue("ordered").fifo().build();
export default new alien.Stack("app").add(tasks).add(others).add(ordered).build();
`,
  });
});

beforeEach(() => rm(join(project.directory, ".alien", "local"), { recursive: true, force: true }));

afterAll(() => project.remove());

/** Sends a message that dies at once, and answers its id. */
async function kill(payload: unknown, reason: string): Promise<string> {
  const id = await project.send("tasks", payload);
  await project.use("tasks", async (client) => {
    for (const message of await client.receive(10)) await client.deadLetter(message, reason);
  });
  return id;
}

const dead = (...args: readonly string[]) => here(project.directory, "dead", ...args);

async function idsOf(...args: readonly string[]): Promise<readonly string[]> {
  const { stdout } = await dead("ls", "tasks", "--json", ...args);
  return stdout === "" ? [] : stdout.split("\n").map((line) => JSON.parse(line).id);
}

it("dead letters are found by the flags", LIMIT, async () => {
  const one = await kill({ customer: { id: 17 }, zip: "10115" }, "SMTP down");
  const two = await kill({ customer: { id: 18 }, paid: true }, "no such account");
  expect(await idsOf()).toEqual([one, two]);
  expect(await idsOf("--error", "smtp")).toEqual([one]);
  expect(await idsOf("--field", "customer.id=18")).toEqual([two]);
  expect(await idsOf("--field", "paid=true")).toEqual([two]);
  expect(await idsOf("--field", "zip=10115")).toEqual([]);
  expect(await idsOf("--field", 'zip="10115"')).toEqual([one]);
  expect(await idsOf("--code", "LEASE_EXPIRED")).toEqual([]);
  expect(await idsOf("--younger-than", "1h", "--field", "customer.id=17")).toEqual([one]);
  expect(await idsOf("--older-than", "1h")).toEqual([]);
  expect(await dead("ls", "tasks", "--error", "none")).toMatchObject({
    status: 0,
    stderr: "tasks has no dead letters that match",
  });
  expect(await dead("ls", "tasks", "--field", "zip")).toMatchObject({ status: 2 });
  expect(await dead("ls", "tasks", "--older-than", "soon")).toMatchObject({ status: 2 });
});

it("a page says that there are more, and how to see them", LIMIT, async () => {
  const ids: string[] = [];
  for (const n of [1, 2, 3]) ids.push(await kill({ n }, "smtp down"));
  const all = await dead("ls", "tasks", "-n", "2");
  expect(all).toMatchObject({ status: 0, stderr: "2 of 3; --number 3 shows all" });
  const found = await dead("ls", "tasks", "-n", "2", "--error", "smtp", "--json");
  expect(found.stderr).toBe(`there are more; --after ${ids[1]} goes on`);
  expect(found.stdout.split("\n").map((line) => JSON.parse(line).id)).toEqual(ids.slice(0, 2));
  const rest = await dead("ls", "tasks", "-n", "2", "--after", `${ids[0]}`);
  expect(rest).toMatchObject({ status: 0, stderr: "" });
  expect(await dead("ls", "tasks", "-n", "3")).toMatchObject({ status: 0, stderr: "" });
  expect(await dead("ls", "tasks", "-n", "2", "--quiet")).toMatchObject({ stderr: "" });
});

it("one is shown whole, edited to the digit, and redriven", LIMIT, async () => {
  const id = await kill({ n: 1 }, "unreadable");
  const shown = await dead("show", "tasks", id);
  expect(shown.status).toBe(0);
  expect(shown.stdout).toContain("HANDLER_FAILED  unreadable");
  expect(shown.stdout).toMatch(/attempt \d {2}FAILED {2}HANDLER_FAILED {2}unreadable/);
  expect(shown.stdout).toContain('{"n":1}');
  const edited = await dead("edit", "tasks", id, '{"n":\n12345678901234567890}');
  expect(edited).toMatchObject({ status: 0, stdout: `edited ${id}` });
  const json = (await dead("show", "tasks", id, "--json")).stdout;
  expect(json).toContain('"payload":{"n": 12345678901234567890}');
  expect(JSON.parse(json)).toMatchObject({ version: 1, id, history: [{ outcome: "FAILED" }] });
  expect(await idsOf("--field", "n=12345678901234567891")).toEqual([]);
  expect(await idsOf("--field", "n=12345678901234567890")).toEqual([id]);
  expect(await dead("edit", "tasks", id, "{")).toMatchObject({ status: 2 });
  expect(await dead("edit", "tasks", id, "now text", "--text")).toMatchObject({ status: 0 });
  expect(await dead("redrive", "tasks", id)).toMatchObject({ status: 0 });
  const messages = await project.use("tasks", (client) => client.receive(10));
  expect(messages).toMatchObject([{ id, payload: "now text", kind: "text", attempt: 1 }]);
  expect(await dead("show", "tasks", id)).toMatchObject({ status: 3 });
  expect(await dead("edit", "tasks", id, "1")).toMatchObject({ status: 3 });
});

it("those that match are redriven at a rate, or to another queue", LIMIT, async () => {
  const one = await kill({ n: 1 }, "smtp down");
  const two = await kill({ n: 2 }, "no such account");
  const redriven = await dead("redrive", "tasks", "--error", "smtp", "--to", "others", "--json");
  expect(JSON.parse(redriven.stdout)).toEqual({
    version: 1,
    queue: "tasks",
    to: "others",
    redriven: 1,
  });
  const messages = await project.use("others", (client) => client.receive(10));
  expect(messages).toMatchObject([{ id: one, payload: { n: 1 } }]);
  const get = (queue: string) => here(project.directory, "jobs", "get", queue, one);
  expect(await get("others")).toMatchObject({ status: 0 });
  expect(await get("tasks")).toMatchObject({
    status: 3,
    stderr: expect.stringContaining("another queue is there: alien jobs get <queue> <id>."),
  });
  expect(await dead("redrive", "tasks", "--all", "--to", "ordered")).toMatchObject({ status: 1 });
  expect(await dead("redrive", "tasks", "--all", "--to", "nowhere")).toMatchObject({ status: 3 });
  // Also where nothing is dead.
  for (const from of ["tasks", "ordered"]) {
    expect(await dead("redrive", from, "--all", "--to", "othrs")).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("Did you mean others?"),
    });
  }
  expect(await dead("redrive", "tasks", "--all", "--rate", "0")).toMatchObject({ status: 2 });
  expect(await dead("redrive", "tasks", two, "--all")).toMatchObject({ status: 2 });
  expect(await idsOf()).toEqual([two]);
  expect(await dead("redrive", "tasks", "--all", "--rate", "100")).toMatchObject({
    status: 0,
    stdout: "redrove 1 dead letter to tasks",
  });
});

it("those that match are discarded, once that is confirmed", LIMIT, async () => {
  await kill({ n: 1 }, "smtp down");
  const two = await kill({ n: 2 }, "no such account");
  const asked = await dead("discard", "tasks", "--error", "smtp");
  expect(asked).toMatchObject({ status: 2 });
  expect(asked.stderr).toContain("nobody can be asked here");
  expect(await dead("discard", "tasks", "--error", "smtp", "--yes")).toMatchObject({
    status: 0,
    stdout: "discarded 1 dead letter of tasks",
  });
  expect(await idsOf()).toEqual([two]);
});

it("what is exported to a file is imported from it, twice is once", LIMIT, async () => {
  const ids = [await kill({ n: 1 }, "smtp down"), await kill({ n: 2 }, "no such account")];
  const file = join(project.directory, "dead.ndjson");
  const exported = await dead("export", "tasks", "dead.ndjson");
  expect(exported).toMatchObject({
    status: 0,
    stdout: "",
    stderr: "exported 2 dead letters of tasks",
  });
  expect((await dead("export", "tasks")).stdout).toBe((await readFile(file, "utf8")).trimEnd());
  expect((await dead("export", "tasks", "--error", "smtp")).stdout.split("\n")).toHaveLength(1);
  await dead("discard", "tasks", "--all", "--yes");
  expect(await dead("import", "tasks", "dead.ndjson")).toMatchObject({
    status: 0,
    stdout: "imported 2 dead letters to tasks",
  });
  expect(await idsOf()).toEqual(ids);
  await writeFile(file, `{\n${await readFile(file, "utf8")}`);
  expect(await dead("import", "tasks", "dead.ndjson")).toMatchObject({
    status: 1,
    stdout: "imported 0 dead letters to tasks, 2 were there already, 1 line refused",
    stderr: "line 1: it is not JSON",
  });
  const report = await dead("import", "tasks", "dead.ndjson", "--json");
  expect(JSON.parse(report.stdout)).toMatchObject({
    known: 2,
    refused: [{ line: 1, reason: "it is not JSON" }],
  });
});

it("an import reads stdin", LIMIT, async () => {
  const id = await kill({ n: 1 }, "smtp down");
  const { stdout: lines } = await dead("export", "tasks");
  await dead("discard", "tasks", id);
  const importing = project.start("dead", "import", "tasks");
  importing.process.stdin?.end(`${lines}\n`);
  expect(await importing.ended).toBe(0);
  expect(await idsOf()).toEqual([id]);
});
