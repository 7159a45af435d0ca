import {
  cpSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { Row } from "./run.ts";
import { openStore, receiveAll } from "./store.ts";

const messages = 400;
const stride = 997;

/** F4: the write-ahead log cut short, or its tail zeroed, at many places: all acknowledged sends are there, or the store is refused. */
export async function tornCampaign(folder: string): Promise<Row> {
  const image = join(folder, "image");
  const sent = await crashImage(join(folder, "store"), image);
  const log = logOf(image);
  const size = statSync(log).size;
  const violations: string[] = [];
  let whole = 0;
  let refused = 0;
  for (let offset = 0, turn = 0; offset < size; offset += stride, turn++) {
    const copy = join(folder, `at-${offset}`);
    cpSync(image, copy, { recursive: true });
    const zeroed = turn % 4 === 3;
    if (zeroed) zeroTail(logOf(copy), offset);
    else truncateSync(logOf(copy), offset);
    const keys = await read(copy);
    if (keys === undefined) refused += 1;
    else if (isWhole(keys, sent)) whole += 1;
    else {
      const how = zeroed ? "zeroed" : "cut";
      violations.push(`${how} at ${offset} of ${size}: ${keys.length} of ${sent.length}, silently`);
    }
    rmSync(copy, { recursive: true });
  }
  // The control: what was not cut opens with everything.
  const untouched = await read(image);
  if (untouched === undefined || !isWhole(untouched, sent)) violations.push("the uncut image too");
  if (whole + refused === 0) violations.push("no place was tried");
  return {
    fault: "F4 torn log",
    done: `${whole + refused} places: ${whole} opened whole, ${refused} refused as damaged`,
    violations,
  };
}

/** Whether all is there, in order. */
export function isWhole(keys: readonly string[], sent: readonly string[]): boolean {
  return keys.length === sent.length && keys.every((key, index) => key === sent[index]);
}

/** A copy of the folder taken while the store is open, as a power cut would leave it. Answers the keys in order. */
export async function crashImage(directory: string, image: string): Promise<readonly string[]> {
  const store = await openStore(directory);
  const sent: string[] = [];
  for (let index = 0; index < messages; index++) {
    const key = `m-${index}`;
    await store.tasks.send("tasks", { key, filler: "x".repeat(150) });
    sent.push(key);
  }
  cpSync(directory, image, { recursive: true, filter: (path) => !statSync(path).isSocket() });
  await store.close();
  return sent;
}

/** The keys a store gives, or undefined where it says that it is damaged. */
export async function read(directory: string): Promise<string[] | undefined> {
  try {
    const store = await openStore(directory);
    const keys = await receiveAll(store);
    await store.close();
    return keys;
  } catch (error) {
    if (error instanceof AlienError && error.code === "STORAGE_DAMAGED") return undefined;
    throw error;
  }
}

/** The newest write-ahead log below a folder. */
function logOf(directory: string): string {
  const logs = readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((name) => /\d+\.log$/.test(name))
    .sort();
  const last = logs.at(-1);
  if (last === undefined) throw new Error(`no log in ${directory}`);
  return join(directory, last);
}

function zeroTail(file: string, from: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0, from);
  writeFileSync(file, bytes);
}
