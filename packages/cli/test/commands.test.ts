import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { program } from "../src/program.ts";
import { commandsDocument, listed } from "./commands-document.ts";
import { here, quietContext } from "./here.ts";
import { Project } from "./journey.ts";
import { misfits, shapes } from "./json-shapes.ts";

const page = fileURLToPath(new URL("../../../docs/commands.md", import.meta.url));

let project: Project;
const all = listed(program(quietContext));
const helps = new Map<string, string>();

beforeAll(async () => {
  project = await Project.create({
    "alien.ts": `import * as alien from "@alienplatform/core";
const tasks = new alien.Queue("tasks").build();
const byHand = new alien.Queue("tasks-by-hand").build();
const reports = new alien.Queue("reports").build();
const invoices = new alien.Queue("invoices").build();
const imports = new alien.Queue("imports").build();
const worker = new alien.Function("worker").trigger(tasks).build();
const next = new alien.Function("worker-next").trigger(reports).build();
export default new alien.Stack("app").add(tasks).add(byHand).add(reports).add(invoices)
  .add(imports).add(worker).add(next).build();
`,
  });
  for (const { words } of all) {
    const { status, stdout } = await alien(...words, "--help");
    expect(status).toBe(0);
    helps.set(words.join(" "), stdout);
  }
});

afterAll(() => project.remove());

const alien = (...args: readonly string[]) => here(project.directory, ...args);

it("docs/commands.md is what the commands say of themselves", async () => {
  const { stdout } = await alien("--help");
  const text = commandsDocument(
    stdout,
    [...helps].map(([words, help]) => ({ words: words.split(" "), help })),
  );
  if (process.env.UPDATE_COMMANDS) writeFileSync(page, text);
  expect(existsSync(page) && readFileSync(page, "utf8")).toBe(text);
});

it("every command shows an example, its exit statuses, and what its JSON is", () => {
  const leaves = all.filter(({ leaf }) => leaf).map(({ words }) => words.join(" "));
  const lacking = (text: string) => leaves.filter((words) => !helps.get(words)?.includes(text));
  expect(lacking("  $ ")).toEqual([]);
  expect(lacking("Exit status: 0 done")).toEqual([]);
  const withJson = leaves.filter((words) => helps.get(words)?.includes("--json"));
  expect(withJson.filter((words) => shapes[words] === undefined)).toEqual([]);
});

it("the examples of the help work as they stand", async () => {
  const elsewhere = /[|<>]|\$\(|--stage|--platform|"ready"/;
  const commands = [...helps].flatMap(([words, help]) =>
    [...help.matchAll(/^ {2}\$ (alien .*?)(?: {3,}.*)?$/gm)].map(([, line = ""]) => [words, line]),
  );
  const runnable = commands.filter(
    ([words = "", line = ""]) =>
      !elsewhere.test(line) && !/^(dev|init|console|queue tail)$|^(secret|state) /.test(words),
  );
  expect(runnable.length).toBeGreaterThan(30);
  const failed: unknown[] = [];
  for (const [, line = ""] of runnable) {
    const ids = /\$|01k2|receive/.test(line) ? await prepare() : {};
    const words = wordsOf(line).map((word) => ids[word] ?? word);
    const { status, stderr } = await alien(...words.slice(1), ...answers(words));
    if (status !== 0) failed.push([line, status, stderr]);
  }
  expect(failed).toEqual([]);
});

it("what --json prints is as it is documented", async () => {
  const ids = await prepare();
  const id = ids.$id ?? "";
  const dead = ids.$dead ?? "";
  const reads: readonly (readonly [string, ...string[]])[] = [
    ["queue ls"],
    ...["info", "stats", "peek", "export", "receive"].map(
      (verb) => [`queue ${verb}`, "tasks"] as const,
    ),
    ["queue send", "tasks", "1"],
    ["jobs get", "tasks", id],
    ["jobs wait", "tasks", dead],
    ["jobs ls", "tasks"],
    ["dead ls", "tasks"],
    ["dead show", "tasks", dead],
    ["dead export", "tasks"],
    ["consumers ls"],
    ["clock"],
    ["explain", "QUEUE_PAUSED"],
    ["doctor", "--offline"],
  ];
  for (const [command, ...more] of reads) {
    const json = command.endsWith("export") ? [] : ["--json"];
    const { stdout } = await alien(...command.split(" "), ...more, ...json);
    const lines = stdout.split("\n");
    expect([command, stdout]).not.toEqual([command, ""]);
    expect(lines.flatMap((line) => misfits(command, line))).toEqual([]);
  }
});

it.each([
  [0, ["consumers", "ls"]],
  [1, ["jobs", "wait", "tasks", "$id", "--timeout", "1ms"]],
  [2, ["queue", "peek"]],
  [3, ["queue", "peek", "taskss"]],
  [4, ["jobs", "requeue", "tasks", "$id"]],
  [5, ["plan", "--platform", "cloudflare"]],
])("status %i is that of %j", async (wanted, args) => {
  const ids = args.includes("$id") ? await prepare() : {};
  const { status, stderr } = await alien(...args.map((word) => ids[word] ?? word));
  expect([status, stderr]).toEqual([wanted, expect.any(String)]);
});

it("the former words still work", async () => {
  expect((await alien("job", "ls", "tasks")).status).toBe(0);
  expect((await alien("bindings", "ls")).status).toBe(0);
});

it("--quiet leaves data and errors alone", async () => {
  expect(await alien("queue", "peek", "invoices")).toMatchObject({
    stderr: "no message waits in invoices",
  });
  expect(await alien("queue", "peek", "invoices", "--quiet")).toEqual({
    status: 0,
    stdout: "",
    stderr: "",
  });
  expect((await alien("queue", "peek", "taskss", "-q")).stderr).toContain("error UNKNOWN_QUEUE");
  const verbose = await alien("queue", "peek", "taskss", "--verbose");
  expect(verbose.stderr).toMatch(/details {2}\{"queue":"taskss","nearest":\["tasks"/);
});

/** A message that waits and one that is dead, in a queue that runs. */
async function prepare(): Promise<Readonly<Record<string, string>>> {
  const ids = await project.use("tasks", async (client) => {
    const { id: dead } = await client.send("tasks", { customer: { id: 17 } });
    for (const message of await client.receive(100)) {
      if (message.id === dead) await client.deadLetter(message, "smtp down");
      else await client.ack(message);
    }
    const { id } = await client.send("tasks", { n: 1 });
    return { dead, id };
  });
  const { stdout } = await alien("queue", "receive", "tasks", "--json");
  const { receiptHandle } = JSON.parse(stdout);
  const { id } = await project.use("tasks", (client) => client.send("tasks", { n: 2 }));
  return {
    $id: id,
    $dead: ids.dead,
    $receipt: receiptHandle,
    "01k2zt8q0c000001k5m8r2x7wd": ids.dead,
  };
}

/** As a shell takes them: quotes keep words together. */
function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain ?? "",
  );
}

/** What would be asked on a terminal. */
function answers(words: readonly string[]): readonly string[] {
  const asks = /^alien (queue purge|dead discard)/.test(words.join(" "));
  return asks && !words.includes("--yes") ? ["--yes"] : [];
}
