import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { QueueBinding } from "@alienplatform/bindings";
import { queue } from "@alienplatform/sdk";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readBinding } from "../src/read-binding.ts";

let directory: string;

const options = {
  maxAttempts: 5,
  backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
  leaseMs: 30_000,
  retentionMs: 345_600_000,
  idempotency: { conflict: "original" },
} as const;

const binding = (): QueueBinding => ({
  version: 1,
  platform: "local",
  queue: "image-tasks",
  options,
  address: { directory: join(directory, "data") },
});

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-sdk-"));
  vi.spyOn(process, "cwd").mockReturnValue(directory);
});

afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await rm(directory, { recursive: true, force: true });
});

async function refusal(name: string): Promise<unknown> {
  const tasks = await queue(name);
  return tasks.send({ n: 1 }).catch((error: unknown) => error);
}

test("await queue() does no I/O: a queue that cannot be found is told at the first use", async () => {
  const tasks = await queue("nowhere");
  expect(tasks.name).toBe("nowhere");
  expect(await refusal("nowhere")).toMatchObject({ code: "BINDING_NOT_FOUND" });
});

test("a binding in the environment wins", async () => {
  vi.stubEnv("ALIEN_IMAGE_TASKS_BINDING", JSON.stringify(binding()));
  vi.stubEnv("NODE_ENV", "production");
  const tasks = await queue<{ n: number }>("image-tasks");
  const { id } = await tasks.send("image-tasks", { n: 1 });
  const [message] = await tasks.receive("image-tasks", 10);
  expect(message).toMatchObject({ id, payload: { n: 1 } });
  await tasks.close();
});

test.each([
  ["no JSON", "hunter2", "is not a JSON object"],
  ["a newer version", { version: 2 }, 'has version 2; this program reads "version": 1'],
  ["no version", { version: undefined }, 'has no version; this program reads "version": 1'],
  ["another queue", { queue: "other" }, 'is not of queue "image-tasks"'],
  ["no platform", { platform: undefined }, "names no platform"],
  ["another queue of no platform", { queue: "other", platform: undefined }, "names no platform"],
  ["options that are none", { options: "many" }, "has no options"],
  ["no backoff", { options: { ...options, backoff: 5 } }, "has no options.backoff"],
  [
    "a backoff without its waits",
    { options: { ...options, backoff: { initialMs: "1s" } } },
    "has no options.backoff.initialMs",
  ],
  [
    "a lease of another kind",
    { options: { ...options, leaseMs: "30s" } },
    "has no options.leaseMs",
  ],
  [
    "an idempotency that is none",
    { options: { ...options, idempotency: "error" } },
    "has no options.idempotency",
  ],
  ["no address", { address: undefined }, "has no address"],
])(
  "a binding with %s is refused by the variable's name, never with its value",
  async (_, change, text) => {
    const value = typeof change === "string" ? change : JSON.stringify({ ...binding(), ...change });
    vi.stubEnv("ALIEN_IMAGE_TASKS_BINDING", value);
    const error = await refusal("image-tasks");
    expect(error).toMatchObject({
      code: "BINDING_INVALID",
      message: `ALIEN_IMAGE_TASKS_BINDING ${text}`,
    });
    expect(JSON.stringify(error)).not.toContain("hunter2");
  },
);

test("options that a binding leaves out are as a queue has them that declares nothing", () => {
  const { options: _, ...bare } = binding();
  const read = (value: object) =>
    readBinding("image-tasks", { ALIEN_IMAGE_TASKS_BINDING: JSON.stringify(value) });
  expect(read(bare)).toEqual(binding());
  expect(read({ ...bare, options: { backoff: { factor: 3 }, leaseMs: 5_000 } })).toEqual({
    ...binding(),
    options: { ...options, leaseMs: 5_000, backoff: { ...options.backoff, factor: 3 } },
  });
});

test("a platform that does not exist is named", async () => {
  vi.stubEnv("ALIEN_IMAGE_TASKS_BINDING", JSON.stringify({ ...binding(), platform: "moon" }));
  expect(await refusal("image-tasks")).toMatchObject({
    code: "PLATFORM_MISSING",
    message: 'there is no platform "moon"',
  });
});

test("there is no silent local queue in production, nor on another platform", async () => {
  await writeFile(join(directory, "alien.ts"), "");
  vi.stubEnv("NODE_ENV", "production");
  expect(await refusal("image-tasks")).toMatchObject({ code: "BINDING_NOT_FOUND" });
  vi.stubEnv("NODE_ENV", "");
  vi.stubEnv("ALIEN_PLATFORM", "aws");
  expect(await refusal("image-tasks")).toMatchObject({ code: "BINDING_NOT_FOUND" });
});

test("a failed open is not kept: the next use tries again", async () => {
  const tasks = await queue("image-tasks");
  await expect(tasks.send({ n: 1 })).rejects.toMatchObject({ code: "BINDING_NOT_FOUND" });
  vi.stubEnv("ALIEN_IMAGE_TASKS_BINDING", JSON.stringify(binding()));
  await expect(tasks.send({ n: 1 })).resolves.toMatchObject({ deduplicated: false });
  await tasks.close();
});

test("queue() with anything but a name or a declaration shows the right form", async () => {
  // @ts-expect-error a number is neither
  await expect(queue(3)).rejects.toThrow(TypeError);
  await expect(queue("no spaces")).rejects.toThrow(
    /^"no spaces" is no queue's name, 1 to 64 characters .* Write queue\("tasks"\)/,
  );
});
