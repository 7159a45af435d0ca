import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QueueBinding } from "@alienplatform/bindings";
import { queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-operate-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(directory, { recursive: true, force: true });
});

function bind(): void {
  const binding: QueueBinding = {
    version: 1,
    platform: "local",
    queue: "tasks",
    options: {
      maxAttempts: 5,
      backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
      leaseMs: 30_000,
      retentionMs: 345_600_000,
      idempotency: { conflict: "original" },
    },
    address: { directory: join(directory, "data") },
  };
  vi.stubEnv("ALIEN_TASKS_BINDING", JSON.stringify(binding));
}

test("operate() finds the queue as queue() does, and sees what that does", async () => {
  bind();
  const operations = operate("tasks");
  expect(await operations.stats()).toMatchObject({ ready: 0, dead: 0 });
  const tasks = await queue("tasks");
  const { id } = await tasks.send({ n: 1 });
  expect(await operations.peek()).toMatchObject([{ id, state: "ready" }]);
  expect(await operations.purge()).toBe(1);
  await tasks.close();
  await operations.close();
});

test("operate() does no I/O: a queue that cannot be found is told at the first use, and looked for again", async () => {
  vi.spyOn(process, "cwd").mockReturnValue(directory);
  const operations = operate("tasks");
  await operations.close();
  await expect(operations.stats()).rejects.toMatchObject({ code: "BINDING_NOT_FOUND" });
  bind();
  expect(await operations.stats()).toMatchObject({ ready: 0 });
  await operations.close();
});

test("what is no queue's name is a TypeError that shows the right form", () => {
  expect(() => operate("no name")).toThrow(
    new TypeError(
      '"no name" is no queue\'s name, 1 to 64 characters of A-Z, a-z, 0-9, "-" and "_". ' +
        'Write operate("tasks"), or operate(tasks) with the declaration.',
    ),
  );
});

test.each([0, 501, 1.5])("a page of %d is refused", async (limit) => {
  await expect(operate("tasks").peek({ limit })).rejects.toMatchObject({ code: "OPTION_INVALID" });
});

/** Everything that is in a bundle of this entry, the platforms' packages included. */
async function bundled(entry: string, conditions: readonly string[] = []) {
  const { metafile } = await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    conditions: ["@alienplatform/source", ...conditions],
    external: ["@alienplatform/deploy", "classic-level", "memory-level"],
    logLevel: "silent",
  });
  const [output] = Object.values(metafile.outputs);
  return Object.keys(output?.inputs ?? {}).map((path) => path.replace(/^.*packages\//, ""));
}

const worker = `import { onQueueMessage, queue } from "@alienplatform/sdk";
import { startFunction } from "@alienplatform/sdk/function";
onQueueMessage("tasks", async () => (await queue("emails")).send({ to: "ada" }));
await startFunction(() => import("node:path"), {});`;
const operating = /operat|dead-letters|import-dead/;

/** A vendor's SDK has operations of its own. */
function ours(files: readonly string[]): readonly string[] {
  return files.filter((file) => !file.includes("node_modules/"));
}

test.each([[], ["alien-local"]])(
  "a function that operates nothing bundles no operating code (%s)",
  async (...conditions) => {
    const files = await bundled(worker, conditions);
    expect(files).toContain("bindings/src/queue/consumer.ts");
    expect(
      ours(files).filter((file) => operating.test(file) && file !== "sdk/src/operator-opener.ts"),
    ).toEqual([]);
  },
);

test("one that operates bundles the operating half of its platform and no other", async () => {
  const files = await bundled(
    `${worker}\nimport { operate } from "@alienplatform/sdk/operate";\nawait operate("tasks").stats();`,
    ["alien-local"],
  );
  expect(files).toContain("bindings/src/queue/operations.ts");
  expect(files).toContain("local/src/operate.ts");
  expect(files).not.toContain("sdk/src/platform-operate.ts");
});
