import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

/** What the command line asked for; every case gets it. */
export interface Setting {
  /** A tenth of the work: for development, not for figures that anyone quotes. */
  readonly quick: boolean;
  readonly rounds: number;
  readonly json: boolean;
  readonly peers: boolean;
  readonly only: readonly string[];
}

export const USAGE = `npm run bench -- [--quick] [--rounds n] [--only name]... [--peers] [--json]

  --quick      a tenth of the work and one round
  --rounds n   interleaved rounds, the median counts (3)
  --only name  run only the cases whose name starts so; may be repeated
  --peers      also measure BullMQ on redis-server and plainjob on SQLite (npm run bench:peers installs them)
  --json       one JSON object per line`;

/** Reads the command line; throws a TypeError that shows the usage. */
export function readSetting(args: readonly string[]): Setting {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      only: { type: "string", multiple: true, default: [] },
      peers: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
    },
  });
  const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
  if (!Number.isInteger(rounds) || rounds < 1) {
    throw new TypeError(`--rounds takes a whole number from 1 on, not "${values.rounds}"`);
  }
  return { ...values, rounds };
}

/** The count of operations of a full run, or a tenth of it. */
export function scaled(setting: Setting, count: number): number {
  return setting.quick ? Math.max(200, Math.round(count / 10)) : count;
}

/** Gives `use` a fresh directory and removes it afterwards. */
export async function inTemporaryDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "alien-bench-"));
  try {
    return await use(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
