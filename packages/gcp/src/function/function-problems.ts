import type { Refusal } from "@alienplatform/bindings/declared";
import type { Consumer, FunctionCode } from "@alienplatform/deploy";
import { LEAST_MEMORY_MIB, MOST_MEMORY_MIB, memoryOf } from "./settings.ts";

const MiB = 1024 * 1024;
/** Of the sources, compressed. https://cloud.google.com/functions/quotas */
const LARGEST_CODE = 100 * MiB;
/** https://cloud.google.com/functions/docs/configuring/env-var#reserved */
const RESERVED =
  /^(X_GOOGLE_|K_(SERVICE|REVISION|CONFIGURATION)$|(PORT|FUNCTION_TARGET|FUNCTION_SIGNATURE_TYPE)$)/;

type Found = Omit<Refusal, "platform">;

/** What Cloud Run functions would refuse of one function. */
export function functionProblems(consumer: Consumer, code: FunctionCode): readonly Found[] {
  return [...memory(consumer), ...size(consumer, code), ...variables(consumer)];
}

function* memory(consumer: Consumer): Generator<Found> {
  const mib = memoryOf(consumer);
  if (mib >= LEAST_MEMORY_MIB && mib <= MOST_MEMORY_MIB) return;
  const nearest = mib < LEAST_MEMORY_MIB ? LEAST_MEMORY_MIB : MOST_MEMORY_MIB;
  yield {
    resource: consumer.id,
    path: "memory",
    problem: `function "${consumer.id}" has ${mib} MiB of memory; Cloud Run gives ${LEAST_MEMORY_MIB} to ${MOST_MEMORY_MIB}`,
    fix: `Declare .memory("${nearest}MiB").`,
  };
}

function* size({ id }: Consumer, code: FunctionCode): Generator<Found> {
  const { bytes = 0 } = code[id] ?? {};
  if (bytes <= LARGEST_CODE) return;
  yield {
    resource: id,
    path: "code",
    problem: `the zipped code of "${id}" is ${(bytes / MiB).toFixed(1)} MiB; Cloud Run functions take ${LARGEST_CODE / MiB}`,
    fix: "Import less: data belongs in storage, and is read from there.",
  };
}

function* variables(consumer: Consumer): Generator<Found> {
  const { id } = consumer;
  for (const name of Object.keys(consumer.type === "function" ? consumer.environment : {})) {
    if (!RESERVED.test(name)) continue;
    yield {
      resource: id,
      path: `environment.${name}`,
      problem: `function "${id}" sets ${name}, which Google sets itself`,
      fix: "Give the variable another name.",
    };
  }
}
