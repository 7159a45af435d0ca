import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface, type Interface } from "node:readline";
import type { Readable } from "node:stream";
import { afterAll, beforeAll, expect, it, onTestFailed, onTestFinished } from "vitest";
import { root } from "../source-files.ts";
import { stepsOf } from "./document-steps.ts";

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

const readme = readFileSync(resolve(root, "README.md"), "utf8");
const gettingStarted = readFileSync(resolve(root, "docs/getting-started.md"), "utf8");
const quickStart = /^## Quick start$.*?^```sh\n(.*?)^```$/ms.exec(readme)?.[1];

beforeAll(() => {
  if (quickStart === undefined) throw new Error("the README has no quick start");
  run(root, "bash", "-e", "-c", quickStart.replaceAll("../hello", project));
}, 300_000);

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
    run(project, "npx", "--no", "alien", "queue", "stats", "tasks", "--json"),
  );
  expect({ ready, inFlight, dead }).toEqual({ ready: 0, inFlight: 0, dead: 0 });
}, 300_000);

it("the project's own type check passes", () => {
  expect(run(project, "npm", "run", "--silent", "check")).toBe("");
});

it("node gets the packages in few files, which export what their modules do", () => {
  const packages = ["core", "bindings", "deploy", "local", "sdk"];
  const program = `
    import { readFileSync } from "node:fs";
    const names = async (file) => Object.keys(await import(file)).sort().join();
    const told = { different: [], entries: 0 };
    for (const name of ${JSON.stringify(packages)}) {
      const folder = new URL("node_modules/@alienplatform/" + name + "/", "file://" + process.cwd() + "/");
      const { exports } = JSON.parse(readFileSync(new URL("package.json", folder), "utf8"));
      for (const [path, { module, node, default: others }] of Object.entries(exports)) {
        // They need a test runner and OpenTelemetry, which this project has not.
        if (path === "./conformance" || path === "./otel") continue;
        const [joined, modules] = await Promise.all([node, module].map((file) => names(new URL(file, folder))));
        const chosen = import.meta.resolve("@alienplatform/" + name + path.slice(1));
        const same = joined === modules && others === module && chosen.endsWith(node.slice(1));
        if (!same) told.different.push(name + path.slice(1));
        told.entries++;
      }
    }
    console.log(JSON.stringify(told));`;
  const told = JSON.parse(run(project, "node", "--input-type=module", "-e", program));
  expect(told.different).toEqual([]);
  expect(told.entries).toBe(19);
});

it("the packed command writes the same project", () => {
  run(project, "npx", "--no", "alien", "init", "again/hello");
  for (const file of ["alien.ts", "src/worker.ts", "src/send.ts", ".gitignore"]) {
    const text = (at: string) => readFileSync(join(at, file), "utf8");
    expect(text(join(project, "again/hello"))).toBe(text(project));
  }
});

it("docs/getting-started.md leads to a redriven dead letter, typed to the letter", async () => {
  expect(gettingStarted).toContain(quickStart);
  const seen: string[] = [];
  const waiting = new Set<() => void>();
  const listen = (output: Readable) =>
    createInterface({ input: output }).on("line", (line) => {
      seen.push(line);
      for (const wake of waiting) wake();
    });
  const begin = (line: string) => {
    const child = spawn("bash", ["-c", line], { cwd: project, env: environment, detached: true });
    listen(child.stdout);
    listen(child.stderr);
    return child;
  };
  let from = 0;
  const see = async (pattern: RegExp) => {
    while (!seen.slice(from).some((line) => pattern.test(line))) {
      await new Promise<void>((resolve) => waiting.add(resolve));
    }
  };
  onTestFailed(() => void process.stderr.write(`it has seen:\n${seen.join("\n")}\n`));
  for (const step of stepsOf(gettingStarted)) {
    if (step.kind === "see") {
      for (const pattern of step.lines) await see(pattern);
      continue;
    }
    from = seen.length;
    if (step.kind === "write") writeFileSync(join(project, step.path), step.text);
    if (step.kind === "type") {
      for (const line of step.lines) expect(await once(begin(line), "close")).toEqual([0, null]);
    }
    if (step.kind === "start") {
      const dev = begin(step.line);
      onTestFinished(async () => {
        const closed = once(dev, "close");
        process.kill(-(dev.pid ?? 0), "SIGINT");
        await closed;
      });
    }
  }
}, 300_000);

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
