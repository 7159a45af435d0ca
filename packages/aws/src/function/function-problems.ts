import type { Refusal } from "@alienplatform/bindings/declared";
import type { Consumer, FunctionCode } from "@alienplatform/deploy";
import type { AwsStack } from "../aws-stack.ts";
import { policyOf } from "./policy.ts";
import { LEAST_MEMORY_MIB, MOST_MEMORY_MIB, memoryOf } from "./settings.ts";

const MiB = 1024 * 1024;
/** Of a zip file in a request. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_CODE = 50 * MiB;
/** Of all inline policies of a role. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
const LONGEST_POLICY = 10_240;

type Found = Omit<Refusal, "platform">;

/** What Lambda or IAM would refuse of one function, its environment aside. */
export function functionProblems(
  consumer: Consumer,
  stack: AwsStack,
  code: FunctionCode,
): readonly Found[] {
  return [...memory(consumer), ...policy(consumer, stack), ...size(consumer, code)];
}

function* memory(consumer: Consumer): Generator<Found> {
  const mib = memoryOf(consumer);
  if (mib >= LEAST_MEMORY_MIB && mib <= MOST_MEMORY_MIB) return;
  const nearest = mib < LEAST_MEMORY_MIB ? LEAST_MEMORY_MIB : MOST_MEMORY_MIB;
  yield {
    resource: consumer.id,
    path: "memory",
    problem: `function "${consumer.id}" has ${mib} MiB of memory; Lambda gives ${LEAST_MEMORY_MIB} to ${MOST_MEMORY_MIB}`,
    fix: `Declare .memory("${nearest}MiB").`,
  };
}

function* policy(consumer: Consumer, stack: AwsStack): Generator<Found> {
  const { length } = JSON.stringify(policyOf(consumer, stack));
  if (length <= LONGEST_POLICY) return;
  yield {
    resource: consumer.id,
    path: "link",
    problem: `what "${consumer.id}" may do takes a policy of ${length} characters; IAM takes ${LONGEST_POLICY} for a role`,
    fix: "Divide its triggers and links between two functions.",
  };
}

function* size({ id }: Consumer, code: FunctionCode): Generator<Found> {
  const { bytes = 0 } = code[id] ?? {};
  if (bytes <= LARGEST_CODE) return;
  yield {
    resource: id,
    path: "code",
    problem: `the zipped code of "${id}" is ${(bytes / MiB).toFixed(1)} MiB; Lambda takes ${LARGEST_CODE / MiB} in a request`,
    fix: "Import less: data belongs in storage, and is read from there.",
  };
}
