import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { QueueBinding } from "@alienplatform/bindings";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FROM_SOURCE } from "../../../../test/from-source.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "alien-otel-"));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

const HANDLED = 'handled {"n":1}\n';

/** A program that sends and handles a message where no package of OpenTelemetry can be found. */
async function run(environment: Readonly<Record<string, string>>, ...args: readonly string[]) {
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
  const blocked = new URL("fixtures/no-opentelemetry.mjs", import.meta.url).href;
  const program = fileURLToPath(new URL("fixtures/send-and-handle.ts", import.meta.url));
  const node = [...FROM_SOURCE, "--import", blocked];
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [...node, program, ...args],
    { env: { ...process.env, ...environment, ALIEN_TASKS_BINDING: JSON.stringify(binding) } },
  );
  return { stdout, stderr };
}

test("without OpenTelemetry everything works, and nothing looks for it", async () => {
  expect(await run({})).toEqual({ stdout: HANDLED, stderr: "" });
});

test("with an SDK of which the API cannot be loaded everything works, and one line says why there are no traces", async () => {
  const { stdout, stderr } = await run({}, "--registered");
  expect(stdout).toBe(HANDLED);
  expect(stderr).toMatch(
    /^alien: no traces of queues: Cannot find package '@opentelemetry\/api'.*ALIEN_TELEMETRY=off\n$/,
  );
});

test("with ALIEN_TELEMETRY=off nothing looks for it, whatever is registered", async () => {
  const off = await run({ ALIEN_TELEMETRY: "off" }, "--registered");
  expect(off).toEqual({ stdout: HANDLED, stderr: "" });
});
