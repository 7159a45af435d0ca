import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { root } from "../../../test/source-files.ts";
import { here } from "./here.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-cli-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

it("help lists the commands and teaches by examples", async () => {
  const { status, stdout } = await alien("--help");
  expect(status).toBe(0);
  for (const word of ["init", "dev", "queue", "dead", "Examples:"]) expect(stdout).toContain(word);
});

it("a command's help says what it takes", async () => {
  const { status, stdout } = await alien("queue", "receive", "--help");
  expect(status).toBe(0);
  for (const word of ["--wait", "--lease", "--ack", "$ alien queue receive"]) {
    expect(stdout).toContain(word);
  }
});

it("a command's help marks the options that it cannot do without", async () => {
  const { stdout } = await alien("queue", "pause", "--help");
  expect(stdout).toMatch(/--reason <text> [^-]*\(required\)/);
  expect(stdout).not.toMatch(/--until <when> [^-]*\(required\)/);
});

it("the version is that of the package", async () => {
  const manifest = await readFile(new URL("../package.json", import.meta.url), "utf8");
  const { version }: { version: string } = JSON.parse(manifest);
  expect(await alien("--version")).toEqual({ status: 0, stdout: version, stderr: "" });
});

it.each([
  [["help"], ["--help"]],
  [
    ["help", "queue"],
    ["queue", "--help"],
  ],
  [
    ["help", "queue", "send"],
    ["queue", "send", "--help"],
  ],
  [
    ["queue", "help"],
    ["queue", "--help"],
  ],
  [
    ["queue", "help", "send"],
    ["queue", "send", "--help"],
  ],
  [["version"], ["--version"]],
])("%j is the same as %j", async (words, options) => {
  const said = await alien(...words);
  expect(said).toMatchObject({ status: 0, stderr: "" });
  expect(said).toEqual(await alien(...options));
});

it.each([
  [["help", "quue"], "unknown command 'quue'", "Did you mean queue?"],
  [["help", "queue", "sned"], "unknown command 'sned'", "Did you mean send?"],
  [["quue"], "unknown command 'quue'", "Did you mean queue?"],
  [["queue", "sned"], "unknown command 'sned'", "Did you mean send?"],
  [["dev", "--rest"], "unknown option '--rest'", "Did you mean --reset?"],
  [["dev", "--env-file", "x"], "unknown option '--env-file'", "Did you mean --dotenv?"],
  [["dev", "--env-file=x"], "unknown option '--env-file=x'", "Did you mean --dotenv?"],
  [
    ["queue", "send"],
    "missing required argument 'queue'",
    "Write alien queue send [options] <queue> <payload>; --help",
  ],
  [["queue", "pause", "tasks"], "required option '--reason", "Add --reason <text>; --help"],
  [["export"], "required option '--format", "Add --format <name>; --help"],
  [
    ["queue", "peek", "tasks", "-n", "0"],
    '--number: "0" is not a number from 1 to 500',
    "1 to 500",
  ],
  [["dev", "--port", "http"], '"http" is not a port', "1 to 65535"],
  [
    ["queue", "send", "tasks", "{}", "--attribute", "x"],
    '--attribute: "x" is not an attribute',
    "key=value",
  ],
  [
    ["dead", "ls", "tasks", "--older-than", "30"],
    "--older-than: the duration 30 has no unit",
    '"30s"',
  ],
  [["dead", "redrive", "tasks", "--rate", "5/s"], '--rate: "5/s" is not a number', "1000000"],
])("%j is a usage error with a suggestion", async (args, problem, fix) => {
  const { status, stdout, stderr } = await alien(...args);
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toMatch(/^error (COMMAND_INVALID|OPTION_INVALID) {2}/);
  expect(stderr).toContain(problem);
  expect(stderr).toContain(fix);
});

it("a group of commands without one shows its help and is a usage error", async () => {
  const { status, stderr } = await alien("queue");
  expect(status).toBe(2);
  expect(stderr).toContain("purge");
});

it("an error with --json is one JSON object on stderr", async () => {
  const { status, stderr } = await alien("queue", "ls", "--json", "--nope");
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({ version: 1, error: { code: "COMMAND_INVALID" } });
});

it.each([
  ["not json", "the payload is not JSON"],
  ['{"id":12345678901234567890}', "too large to be sent exactly"],
])("the payload %s is refused before anything is opened", async (payload, problem) => {
  const { status, stderr } = await alien("queue", "send", "tasks", payload);
  expect(status).toBe(2);
  expect(stderr).toContain("error PAYLOAD_INVALID");
  expect(stderr).toContain(problem);
});

it("without an alien.ts it says so", async () => {
  const { status, stderr } = await alien("queue", "ls");
  expect(status).toBe(1);
  expect(stderr).toContain("there is no alien.ts");
  expect(stderr).toContain("alien init");
});

it("init writes a project named after its folder and says what to type next", async () => {
  const { status, stdout, stderr } = await alien("init", "My App");
  expect(status).toBe(0);
  const files = await readdir(join(directory, "My App"), { recursive: true });
  expect(files.sort()).toEqual([
    ".gitignore",
    "README.md",
    "alien.ts",
    "package.json",
    "src",
    "src/send.ts",
    "src/worker.ts",
    "tsconfig.json",
  ]);
  expect(stdout.split("\n")).toContain(join("My App", "alien.ts"));
  expect(stderr).toContain("npm run dev");
  const manifest = await readFile(join(directory, "My App", "package.json"), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ name: "my-app" });
});

it("init writes none where a stack is", async () => {
  await writeFile(join(directory, "alien.ts"), "mine");
  const { status, stderr } = await alien("init", "--yes");
  expect(status).toBe(4);
  expect(stderr).toMatch(/^error FILE_EXISTS .+ already has a stack: alien\.ts\n/);
  expect(await readdir(directory)).toEqual(["alien.ts"]);
  expect(await readFile(join(directory, "alien.ts"), "utf8")).toBe("mine");
});

it("init leaves a project's files as they are, writes the others and prints what is left to add", async () => {
  const manifest = '{"name":"shop","scripts":{"dev":"vite"},"devDependencies":{"tsx":"*"}}';
  await writeFile(join(directory, "package.json"), manifest);
  await writeFile(join(directory, ".gitignore"), "node_modules\n");
  const { status, stdout, stderr } = await alien("init", "--yes");
  expect(status).toBe(0);
  expect(stdout.split("\n")).toEqual(["alien.ts", "src/send.ts", "src/worker.ts"]);
  expect(await readFile(join(directory, "package.json"), "utf8")).toBe(manifest);
  expect(await readFile(join(directory, ".gitignore"), "utf8")).toBe("node_modules\n");
  // CommonJS takes no other.
  expect(await readFile(join(directory, "src/send.ts"), "utf8")).not.toMatch(/^const .*await/m);
  for (const line of [
    "Left as they were: .gitignore, package.json",
    "Add the line .alien/ to .gitignore",
    '  npm pkg set scripts.alien:dev="alien dev" scripts.send="tsx src/send.ts"\n  npm run alien:dev\n',
  ]) {
    expect(stderr).toContain(line);
  }
  expect(stderr).not.toContain("--save-dev");
  expect(stderr).toMatch(new RegExp(` {2}npm install '?${root}'?/out/packages/`));
});

it("init keeps the worker of a project that has one, and says what would run it", async () => {
  await mkdir(join(directory, "app/src"), { recursive: true });
  await writeFile(join(directory, "app/package.json"), '{"type":"module"}');
  await writeFile(join(directory, "app/src/worker.ts"), "mine");
  const { status, stdout, stderr } = await alien("init", "app");
  expect(status).toBe(0);
  expect(stdout.split("\n")).toEqual(["app/.gitignore", "app/alien.ts", "app/src/send.ts"]);
  expect(await readFile(join(directory, "app/src/worker.ts"), "utf8")).toBe("mine");
  expect(stderr).toContain('src/worker.ts would run as the function "worker"');
  expect(stderr).toContain("  npm install --save-dev tsx\n");
  expect(stderr).not.toContain(".alien/ to .gitignore");
});

it.runIf(process.platform === "linux")("init ends where no folder can be made", async () => {
  expect(await alien("init", "/proc/none/app")).toMatchObject({
    status: 5,
    stderr: expect.stringMatching(/^error PERMISSION_DENIED .+ENOENT\n.*Choose a folder/),
  });
});

it("init says that a file is where a folder has to be", async () => {
  await writeFile(join(directory, "taken"), "");
  for (const folder of ["taken", "taken/app"]) {
    expect(await alien("init", folder)).toMatchObject({
      status: 4,
      stderr: expect.stringMatching(/^error FILE_EXISTS .+ a file is in its way\n/),
    });
  }
});

it("init asks before it writes among other files, and where nobody can be asked it refuses", async () => {
  await writeFile(join(directory, "notes.txt"), "");
  expect(await alien("init")).toMatchObject({ status: 2 });
  expect(await readdir(directory)).toEqual(["notes.txt"]);
  expect(await alien("init", "--yes")).toMatchObject({ status: 0 });
  expect(await readdir(directory)).toContain("alien.ts");
});

function alien(...args: readonly string[]) {
  return here(directory, ...args);
}
