import { fork } from "node:child_process";
import { once } from "node:events";
import {
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type QueueBinding, systemClock } from "@alienplatform/bindings";
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished, vi } from "vitest";
import { FROM_SOURCE } from "../../../test/from-source.ts";
import { openLocalQueues, runtime } from "../src/runtime.ts";

let root: string;
let project: string;
let projects = 0;

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "alien-")));
  const modules = fileURLToPath(new URL("../../../node_modules", import.meta.url));
  await symlink(modules, join(root, "node_modules"));
  project = await declare();
});

afterEach(() => vi.unstubAllEnvs());

afterAll(() => rm(root, { recursive: true }));

const STACK = `
import { Queue, Stack } from "@alienplatform/core";
const tasks = new Queue("tasks").lease("45s").build();
export default new Stack("app").add(tasks).build();
`;

/** Another project that declares the queue. */
async function declare(): Promise<string> {
  const directory = join(root, `project-${++projects}`);
  await mkdir(directory);
  await writeFile(join(directory, "alien.ts"), STACK);
  return directory;
}

async function discover(queue: string, directory = project): Promise<QueueBinding> {
  const binding = await runtime.discover?.(queue, directory);
  if (binding === undefined) throw new TypeError("the local platform finds queues by itself");
  return binding;
}

async function run(name: string): Promise<number | null> {
  const script = fileURLToPath(new URL("short-script.ts", import.meta.url));
  const child = fork(script, [name], {
    cwd: project,
    execArgv: [...FROM_SOURCE],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  // An IPC channel that nobody listens to keeps no process alive, but this test needs none.
  child.disconnect();
  const [code] = (await once(child, "exit")) as [number | null];
  return code;
}

describe("a queue without a binding", () => {
  it("is found in the nearest alien.ts above, with what that declares", async () => {
    const binding = await discover("tasks", join(project, "src", "deep"));
    expect(binding).toMatchObject({
      version: 1,
      platform: "local",
      queue: "tasks",
      options: { leaseMs: 45_000, maxAttempts: 5 },
      address: { directory: join(project, ".alien", "local") },
    });
  });

  it("is looked up without loading alien.ts again, until a file of it changes", async () => {
    const changing = await declare();
    await discover("tasks", changing);
    const cache = join(changing, ".alien", "cache", "stack.json");
    expect((await stat(cache)).mode & 0o777).toBe(0o600);
    await utimes(cache, 1, 1);
    await discover("tasks", changing);
    expect((await stat(cache)).mtimeMs).toBe(1_000);
    await writeFile(join(changing, "alien.ts"), STACK.replace("45s", "50s"));
    expect((await discover("tasks", changing)).options.leaseMs).toBe(50_000);
    await writeFile(cache, (await readFile(cache, "utf8")).slice(0, 40));
    expect((await discover("tasks", changing)).options.leaseMs).toBe(50_000);
  });

  it.each([
    ["the environment", 'lease(process.env.LEASE === "long" ? "50s" : "45s")', ""],
    ["another file", "lease(readFileSync(file))", 'import { readFileSync } from "node:fs";'],
  ])("is looked up anew each time where alien.ts reads %s", async (_, lease, head) => {
    const reading = await declare();
    const file = join(reading, "lease.txt");
    await writeFile(file, "45s");
    const stack = STACK.replace('lease("45s")', lease).replace("(file)", `("${file}", "utf8")`);
    await writeFile(join(reading, "alien.ts"), head + stack);
    expect((await discover("tasks", reading)).options.leaseMs).toBe(45_000);
    vi.stubEnv("LEASE", "long");
    await writeFile(file, "50s");
    expect((await discover("tasks", reading)).options.leaseMs).toBe(50_000);
  });

  it("that alien.ts does not declare is unknown, and the fix names the nearest", async () => {
    await expect(discover("task")).rejects.toMatchObject({
      code: "UNKNOWN_QUEUE",
      fix: expect.stringContaining('"tasks"'),
    });
  });

  it("is not reachable where there is no alien.ts", async () => {
    await expect(discover("tasks", root)).rejects.toMatchObject({ code: "BINDING_NOT_FOUND" });
  });

  it("is where ALIEN_DIRECTORY says", async () => {
    vi.stubEnv("ALIEN_DIRECTORY", join(root, "elsewhere"));
    expect((await discover("tasks")).address.directory).toBe(join(root, "elsewhere"));
  });
});

describe("a short script", () => {
  it("ends by itself when its send is durable, and so does one beside it", async () => {
    await discover("tasks");
    const queues = openLocalQueues({ directory: join(project, ".alien", "local") });
    expect(await run("alone")).toBe(0);
    await queues.list();
    expect(await run("beside an owner")).toBe(0);
    const { ready } = await queues.call("tasks", "stats", []);
    await queues.close();
    expect(ready).toBe(2);
  });
});

it("a binding without a directory is refused", () => {
  const binding = {
    version: 1,
    platform: "local",
    queue: "tasks",
    options: {
      maxAttempts: 1,
      backoff: { initialMs: 1, factor: 1, maxMs: 1, jitter: "none" },
      leaseMs: 1_000,
      retentionMs: 60_000,
      idempotency: { conflict: "original" },
    },
    address: { directory: "relative" },
  } as const;
  expect(() => runtime.queue(binding, systemClock)).toThrow(
    expect.objectContaining({ code: "BINDING_INVALID" }),
  );
});

it("an unknown durability is refused by name", () => {
  vi.stubEnv("ALIEN_DURABILITY", "maybe");
  expect(() => openLocalQueues({ directory: root })).toThrow(
    expect.objectContaining({ code: "OPTION_INVALID", message: expect.stringContaining("maybe") }),
  );
});
