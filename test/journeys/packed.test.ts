import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";
import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { root } from "../source-files.ts";

// Installs the packed tarballs as a user would and types the README's quick start, with plain node.
const folder = mkdtempSync(join(tmpdir(), "alien-packed-"));
const project = join(folder, "hello");
const environment = {
  ...process.env,
  npm_config_prefer_offline: "true",
  npm_config_audit: "false",
  npm_config_fund: "false",
  npm_config_update_notifier: "false",
};

beforeAll(() => {
  const quickStart = /^## Quick start$.*?^```sh\n(.*?)^```$/ms.exec(
    readFileSync(resolve(root, "README.md"), "utf8"),
  )?.[1];
  if (quickStart === undefined) throw new Error("the README has no quick start");
  run(root, "bash", "-e", "-c", quickStart.replaceAll("../hello", project));
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("a message that another process sends is handled, and the stack stops cleanly", async () => {
  const dev = spawn("npm", ["run", "dev"], { cwd: project, env: environment, detached: true });
  const stop = (signal: NodeJS.Signals) => void process.kill(-(dev.pid ?? 0), signal);
  onTestFinished(() => {
    if (dev.exitCode === null && dev.signalCode === null) stop("SIGKILL");
  });
  const progress = createInterface({ input: dev.stderr });
  const handled = lineWith(createInterface({ input: dev.stdout }), "hello, world");
  await lineWith(progress, "ready");
  expect(run(project, "npm", "run", "--silent", "send")).toMatch(/^sent [0-9a-z]{26}$/m);
  await handled;
  const stopped = lineWith(progress, "messages are kept");
  // What a terminal does on Ctrl-C: everyone in the group gets it.
  stop("SIGINT");
  await stopped;
  const { ready, inFlight, dead } = JSON.parse(
    run(project, "npx", "alien", "queue", "stats", "tasks", "--json"),
  );
  expect({ ready, inFlight, dead }).toEqual({ ready: 0, inFlight: 0, dead: 0 });
}, 60_000);

it("the project's own type check passes", () => {
  expect(run(project, "npm", "run", "--silent", "check")).toBe("");
});

it("the packed command writes the same project", () => {
  run(project, "npx", "alien", "init", "again/hello");
  for (const file of ["alien.ts", "src/worker.ts", "src/send.ts", ".gitignore"]) {
    const text = (at: string) => readFileSync(join(at, file), "utf8");
    expect(text(join(project, "again/hello"))).toBe(text(project));
  }
});

function run(cwd: string, command: string, ...args: readonly string[]): string {
  return execFileSync(command, args, { cwd, env: environment, encoding: "utf8", stdio: "pipe" });
}

/** The first line from now on that contains the text. */
function lineWith(lines: Interface, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    lines.on("line", (line) => {
      seen.push(line);
      if (line.includes(text)) resolve(line);
    });
    lines.on("close", () => reject(new Error(`no line has "${text}": ${seen.join("\n")}`)));
  });
}
