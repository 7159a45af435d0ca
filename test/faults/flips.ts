import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./run.ts";
import { crashImage, isWhole, read } from "./torn.ts";

/** F5: one flipped bit in a file of the store: everything is still there, or the store says that it is damaged. */
export async function flipCampaign(folder: string, seed: number, count: number): Promise<Row> {
  const image = join(folder, "image");
  const sent = await crashImage(join(folder, "store"), image);
  const files = readdirSync(image, { recursive: true, encoding: "utf8" }).filter((name) =>
    /(\.log|\.ldb|\.sst|MANIFEST-\d+|CURRENT)$/.test(name),
  );
  const violations: string[] = [];
  let whole = 0;
  let detected = 0;
  let state = seed % 2_147_483_647 || 1;
  const random = (below: number): number => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  for (let turn = 0; turn < count; turn++) {
    const name = files[turn % files.length];
    if (name === undefined) throw new Error("the image has no files");
    const copy = join(folder, `flip-${turn}`);
    cpSync(image, copy, { recursive: true });
    const file = join(copy, name);
    const bytes = readFileSync(file);
    const at = random(bytes.length);
    const bit = random(8);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
    writeFileSync(file, bytes);
    const keys = await read(copy);
    if (keys === undefined) detected += 1;
    else if (isWhole(keys, sent)) whole += 1;
    else
      violations.push(`${name} byte ${at} bit ${bit}: ${keys.length} of ${sent.length}, silently`);
    rmSync(copy, { recursive: true });
  }
  return {
    fault: "F5 flipped bits",
    done: `${count} flips in ${files.length} files: ${detected} refused as damaged, ${whole} without effect`,
    violations,
  };
}
