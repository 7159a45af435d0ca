import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Project } from "./journey.ts";
import { stackFile, workerFile } from "./sample.ts";

const LIMIT = { timeout: 60_000 };

async function sample(): Promise<Project> {
  const project = await Project.create({
    "alien.ts": stackFile,
    "src/worker.ts": workerFile("hello"),
  });
  onTestFinished(() => project.remove());
  return project;
}

it(
  "a second dev on the same messages is refused, by the first one, which goes on",
  LIMIT,
  async () => {
    const project = await sample();
    const first = await project.dev("--json");
    const { console } = JSON.parse(first.stdout.find((line) => line.includes('"ready"')) ?? "{}");
    const second = await project.alien("dev", "--reset");
    expect(second.status).toBe(4);
    expect(second.stdout).toBe("");
    expect(second.stderr).toContain(
      `error STORAGE_IN_USE  an alien dev (process ${first.process.pid}, console ${console}) runs on the messages in`,
    );
    expect(second.stderr).toContain("fix  Stop it first, or give this one messages of its own");
    expect((await project.alien("doctor")).stdout).toContain(`process ${first.process.pid}`);

    // What was typed wrongly is said first.
    const wrong = await project.alien("dev", "--dotenv", "no.env");
    expect(wrong.stderr).not.toContain("stopped");
    expect(wrong.stderr).toMatch(/^error OPTION_INVALID {2}--dotenv: there is no file/);

    const other = await project.dev("--persist-to", ".alien/second");
    expect(await other.stop("SIGTERM")).toBe(143);
    await project.send("tasks", { name: "ada" });
    await first.line(/"outcome":"ack"/);
    expect(await first.stop("SIGTERM")).toBe(143);
  },
);

it("what a killed dev has left is no dev, whoever has its number now", LIMIT, async () => {
  const project = await sample();
  const killed = await project.dev("--no-api");
  expect(await killed.stop("SIGKILL")).toBeNull();
  const file = join(project.directory, ".alien/local/dev.json");
  const left = JSON.parse(await readFile(file, "utf8"));
  // This process has the number, and nobody listens.
  await writeFile(file, JSON.stringify({ ...left, pid: process.pid }));
  const next = await project.dev("--no-api");
  expect(await next.stop("SIGTERM")).toBe(143);
});

it("a copy of a folder in which a dev runs has none", LIMIT, async () => {
  const project = await sample();
  const first = await project.dev("--no-api");
  const copy = await sample();
  const file = ".alien/local/dev.json";
  await cp(join(project.directory, file), join(copy.directory, file));
  const second = await copy.dev("--no-api");
  expect(await second.stop("SIGTERM")).toBe(143);
  expect(await first.stop("SIGTERM")).toBe(143);
});

it("a mistake in the options forgets no message", LIMIT, async () => {
  const project = await sample();
  await project.send("tasks", { name: "ada" });
  expect((await project.alien("dev", "--reset", "--dotenv", "no.env")).status).toBe(2);
  await project.use("tasks", async (client) => {
    expect(await client.receive(1)).toHaveLength(1);
  });
});
