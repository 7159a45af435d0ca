import type { Refusal } from "@alienplatform/bindings/declared";
import type { Consumer, FunctionCode } from "@alienplatform/deploy";
import { LARGEST_BATCH } from "./batching.ts";

const MiB = 1024 * 1024;
/** https://developers.cloudflare.com/workers/platform/limits/#worker-size: 10 MB compressed on a paid account, 3 on a free one. */
const LARGEST_CODE = 10 * MiB;
/** https://developers.cloudflare.com/workers/platform/limits/#memory */
const MEMORY_MIB = 128;

type Found = Omit<Refusal, "platform">;

/** What Cloudflare would refuse of one function, or could not keep, its variables aside. */
export function functionProblems(consumer: Consumer, code: FunctionCode): readonly Found[] {
  return [...memory(consumer), ...links(consumer), ...batches(consumer), ...size(consumer, code)];
}

function* memory(consumer: Consumer): Generator<Found> {
  const mib = consumer.type === "function" ? (consumer.memoryBytes ?? 0) / MiB : 0;
  if (mib <= MEMORY_MIB) return;
  yield {
    resource: consumer.id,
    path: "memory",
    problem: `function "${consumer.id}" has ${mib} MiB of memory; every Worker has ${MEMORY_MIB}`,
    fix: "Leave out .memory(), and keep large data in storage.",
  };
}

function* links(consumer: Consumer): Generator<Found> {
  for (const { resource, right } of consumer.type === "function" ? consumer.links : []) {
    if (right !== "receive") continue;
    yield {
      resource: consumer.id,
      path: `link(${resource})`,
      problem: `function "${consumer.id}" receives from queue "${resource}"; Cloudflare pushes to Workers, which cannot pull`,
      fix: `Declare .trigger(${resource}), or receive in a process of your own.`,
    };
  }
}

function* batches({ id, triggers }: Consumer): Generator<Found> {
  for (const { queue, batchSize } of triggers) {
    if (batchSize <= LARGEST_BATCH) continue;
    yield {
      resource: id,
      path: `trigger(${queue}).batchSize`,
      problem: `"${id}" takes ${batchSize} messages of queue "${queue}" at once; Cloudflare pushes ${LARGEST_BATCH} at most`,
      fix: `Declare batchSize: ${LARGEST_BATCH} or less.`,
    };
  }
}

function* size({ id }: Consumer, code: FunctionCode): Generator<Found> {
  const { bytes = 0 } = code[id] ?? {};
  if (bytes <= LARGEST_CODE) return;
  yield {
    resource: id,
    path: "code",
    problem: `the zipped code of "${id}" is ${(bytes / MiB).toFixed(1)} MiB; Cloudflare takes ${LARGEST_CODE / MiB}`,
    fix: "Import less: data belongs in storage, and is read from there.",
  };
}
