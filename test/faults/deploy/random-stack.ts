import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Function as AlienFunction, Queue, Stack, type StackData } from "@alienplatform/core";
import type { FunctionCode } from "@alienplatform/deploy";
import { zipSync } from "fflate";
import type { Chance } from "../../simulation/chance.ts";

/** A stack and the code of its functions. */
export interface Declared {
  readonly stack: StackData;
  readonly code: FunctionCode;
}

const QUEUES = ["tasks", "orders", "mails"];
const FUNCTIONS = ["worker", "api"];

/** One to three queues and up to two functions on them, with what makes parts of their own; small, since kills count. */
export function randomStack(
  name: string,
  directory: string,
  chance: Chance,
  ordered = true,
): Declared {
  const stack = new Stack(name);
  const queues = QUEUES.filter((_, index) => index === 0 || chance.is(0.5)).map((id) => {
    const queue = new Queue(id).lease(chance.pick(["30s", "1m"])).maxAttempts(chance.int(2, 4));
    if (chance.is(0.3) && ordered) queue.fifo();
    return queue.build();
  });
  const free = [...queues];
  const code: Record<string, FunctionCode[string]> = {};
  for (const id of FUNCTIONS) {
    if (!chance.is(0.7)) continue;
    const made = new AlienFunction(id).timeout(chance.pick(["10s", "20s"]));
    if (chance.is(0.7)) {
      const queue = free.shift();
      if (queue !== undefined) made.trigger(queue);
    }
    const linked = chance.any(queues);
    if (chance.is(0.5) && linked !== undefined) made.link(linked);
    if (chance.is(0.3)) made.secret("TOKEN");
    if (chance.is(0.5)) made.http();
    stack.add(made.build());
    code[id] = zipped(`export default { queue: ${chance.int(1, 3)} }`, directory);
  }
  for (const queue of queues) stack.add(queue);
  return { stack: stack.build(), code };
}

/** Where a zip file is, in its folder. */
export function fileOf(sha256: string): string {
  return `${sha256}.zip`;
}

function zipped(text: string, directory: string): FunctionCode[string] {
  const bytes = zipSync({ "index.mjs": [new TextEncoder().encode(text), { mtime: "2030-01-01" }] });
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(directory, fileOf(sha256)), bytes);
  return { sha256, bytes: bytes.length };
}
