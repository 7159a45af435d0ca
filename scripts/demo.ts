import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { type Picture, pictures } from "../src/pictures.ts";
import { run, type Surroundings } from "./demo/child.ts";
import { Dev } from "./demo/dev.ts";
import { table } from "./demo/table.ts";

const CLI = "packages/cli/src/main.ts";
const THUMBNAILS = join("out", "thumbnails");
/** A file that is no image: its message fails at every attempt. */
const POISON = fileURLToPath(new URL("../LICENSE", import.meta.url));
const LIMIT_MS = 60_000;

const signal = AbortSignal.timeout(LIMIT_MS);
await demo(signal).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message : error;
  console.error(signal.aborted ? `the demo is not through after ${LIMIT_MS / 1000} s` : reason);
  process.exitCode = 1;
});

async function demo(signal: AbortSignal): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "alien-demo-"));
  await rm(THUMBNAILS, { recursive: true, force: true });
  const surroundings = { environment: { ALIEN_DIRECTORY: directory }, signal };
  const dev = new Dev(surroundings);
  try {
    await dev.ready();
    const started = performance.now();
    const ids = sentIds(await run("src/send.ts", [POISON], surroundings));
    await dev.finished([...ids.values()]);
    const elapsed = performance.now() - started;

    // The store has the last word, asked by a third process.
    const [stats] = await ask<Stats>(["queue", "stats", "tasks", "--json"], surroundings);
    const dead = await ask<DeadLetter>(["dead", "ls", "tasks", "--json"], surroundings);
    const left = (stats?.ready ?? 0) + (stats?.delayed ?? 0) + (stats?.inFlight ?? 0);
    const retried = dev.deliveries.filter(({ outcome }) => outcome === "retry").length;

    console.log(`${await pictureTable(dev, ids)}\n`);
    console.log(
      table(
        ["sent", "handled", "retried", "dead", "time"],
        [
          [
            String(ids.size),
            String(ids.size - left - dead.length),
            String(retried),
            String(dead.length),
            `${(elapsed / 1000).toFixed(1)} s`,
          ],
        ],
      ),
    );
    for (const { id, attempts, error } of dead) {
      console.log(`\ndead letter ${id} after ${attempts} attempts: ${error.message}`);
    }
    check(ids.size === pictures().length + 1, `${ids.size} messages were sent`);
    check(left === 0, `${left} messages are still in the queue`);
    check(dead.length === 1 && stats?.dead === 1, `${dead.length} dead letters, not 1`);
    check(dead[0]?.attempts === 3, `the dead letter had ${dead[0]?.attempts} attempts, not 3`);
    check(retried === 2, `${retried} retries, not 2`);
  } finally {
    const status = await dev.stop();
    await rm(directory, { recursive: true, force: true });
    // As every command that Ctrl-C ends in good order.
    check(signal.aborted || status === 130, `alien dev ended with status ${status}`);
  }
}

interface Stats {
  readonly ready: number;
  readonly delayed: number;
  readonly inFlight: number;
  readonly dead: number;
}

interface DeadLetter {
  readonly id: string;
  readonly attempts: number;
  readonly error: { readonly message: string };
}

async function ask<Answer>(
  command: readonly string[],
  surroundings: Surroundings,
): Promise<readonly Answer[]> {
  const lines = await run(CLI, command, surroundings);
  // The command's --json is documented to look so.
  return lines.map((line) => JSON.parse(line) as Answer);
}

/** The lines "sent <imageId> <id>". */
function sentIds(lines: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    lines.map((line) => {
      const [, imageId = "", id = ""] = line.split(" ");
      return [imageId, id];
    }),
  );
}

async function pictureTable(dev: Dev, ids: ReadonlyMap<string, string>): Promise<string> {
  const rows = pictures().map(async (picture) => {
    const delivery = dev.deliveries.find(({ id }) => id === ids.get(picture.imageId));
    return [...(await sizes(picture)), `${delivery?.durationMs.toFixed(0)} ms`];
  });
  return table(["picture", "size", "", "thumbnail", "", "time"], await Promise.all(rows));
}

/** Reads both files; a thumbnail that is missing or does not decode throws. */
async function sizes({ imageId, file }: Picture): Promise<readonly string[]> {
  const thumbnail = join(THUMBNAILS, `${imageId}.webp`);
  const source = await sharp(file).metadata();
  const { info } = await sharp(thumbnail).raw().toBuffer({ resolveWithObject: true });
  return [
    imageId,
    `${source.width} x ${source.height}`,
    await kib(file),
    `${info.width} x ${info.height}`,
    await kib(thumbnail),
  ];
}

async function kib(file: string): Promise<string> {
  return `${((await stat(file)).size / 1024).toFixed(0)} KiB`;
}

function check(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(`the demo is off: ${otherwise}`);
}
