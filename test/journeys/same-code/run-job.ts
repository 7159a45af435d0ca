import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";
import { loadStack } from "@alienplatform/deploy";
import { expect } from "vitest";
import { pictures } from "../../../src/pictures.ts";
import { FROM_SOURCE } from "../../from-source.ts";
import { root } from "../../source-files.ts";
import type { Place } from "./place.ts";

const SEND = join(root, "src/send.ts");
const WORKER = join(root, "test/journeys/same-code/worker.ts");
/** A file that is no picture. */
const POISON = join(root, "LICENSE");

/** What the worker writes of each delivery, and of each dead letter. */
interface Line {
  readonly id: string;
  readonly outcome: string;
  readonly attempt?: number;
  readonly attempts?: number;
  readonly error?: string;
}

/**
 * The repository's own job (alien.ts, src/send.ts, src/worker.ts) where the place's binding says: every picture
 * becomes a thumbnail, a file that is none is tried three times and is then the only dead letter.
 */
export async function runJob({ open }: Place): Promise<void> {
  const stops: (() => unknown)[] = [];
  try {
    const options = await declaredOptions();
    const { binding, env } = await open(options, (stop) => void stops.unshift(stop));
    const folder = await mkdtemp(join(tmpdir(), "alien-job-"));
    stops.unshift(() => rm(folder, { recursive: true }));
    const whole: QueueBinding = { version: 1, queue: "tasks", options, ...binding };
    const run = (program: string, ...args: readonly string[]) =>
      runProgram(program, args, folder, { ...env, ALIEN_TASKS_BINDING: JSON.stringify(whole) });

    const sent = await run(SEND, POISON);
    const ids = new Map(sent.map((line) => line.split(" ").slice(1) as [string, string]));
    const names = pictures().map(({ imageId }) => imageId);
    expect([...ids.keys()]).toEqual([...names, "LICENSE"]);

    const lines = (await run(WORKER, String(ids.size))).map((line): Line => JSON.parse(line));
    const outcomesOf = (name: string) =>
      lines.flatMap(({ id, outcome, attempt }) =>
        id === ids.get(name) && attempt !== undefined ? [`${outcome} ${attempt}`] : [],
      );
    for (const name of names) expect(outcomesOf(name), name).toEqual(["ack 1"]);
    expect(outcomesOf("LICENSE")).toEqual(["retry 1", "retry 2", "deadLetter 3"]);
    const letters = lines.filter(({ outcome }) => outcome === "dead");
    expect(letters).toEqual([
      expect.objectContaining({ id: ids.get("LICENSE"), attempts: 3, outcome: "dead" }),
    ]);
    expect(letters[0]?.error).toContain("unsupported image format");
    const made = await readdir(join(folder, "out", "thumbnails"));
    expect(made.sort()).toEqual(names.map((name) => `${name}.webp`).sort());
  } finally {
    for (const stop of stops) await stop();
  }
}

/** What alien.ts declares of the queue, as deploy writes it into a binding. */
async function declaredOptions(): Promise<QueueOptions> {
  const { stack } = await loadStack(join(root, "alien.ts"));
  const [tasks] = stack.resources.filter((each) => each.type === "queue");
  if (tasks === undefined) throw new Error("alien.ts declares no queue");
  const { maxAttempts, backoff, leaseMs, retentionMs, idempotency } = tasks;
  return { maxAttempts, backoff, leaseMs, retentionMs, idempotency };
}

/** Runs a program to its own end, and answers what it wrote. */
async function runProgram(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  const node = [...FROM_SOURCE];
  const child = spawn(process.execPath, [...node, program, ...args], {
    cwd,
    env: { ...process.env, NODE_NO_WARNINGS: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = [text(child.stdout), text(child.stderr)] as const;
  const [code] = await once(child, "close");
  const [written, complaints] = await Promise.all(said);
  expect(code, complaints).toBe(0);
  return written.trim().split("\n");
}
