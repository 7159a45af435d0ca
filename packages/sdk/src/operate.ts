import { QueueOperations } from "@alienplatform/bindings/operate";
import type { QueueResource } from "@alienplatform/core";
import { openOperator } from "./open-operator.ts";
import { readQueueName } from "./queue-name.ts";

export type {
  Attempt,
  DeadLetter,
  JobStatus,
  PeekedMessage,
  QueueStats,
} from "@alienplatform/bindings";
export {
  type BindOptions,
  type DeadLetterList,
  type DeadLetterSelection,
  DeadLetters,
  type ImportOptions,
  type ImportReport,
  type JobListOptions,
  Jobs,
  type JobWaitOptions,
  type KeptJob,
  type PageOptions,
  type PauseOptions,
  QueueOperations,
  type RedriveAllOptions,
  type RefusedLine,
  type SweepOptions,
} from "@alienplatform/bindings/operate";

/**
 * What operators do with a queue, by its name or its declaration, which also checks what a payload is edited to.
 * Does no I/O: finding the queue, as queue() finds it, and connecting wait for the first use.
 */
export function operate(given: string | QueueResource): QueueOperations {
  const name = readQueueName(given, "operate");
  const schema = typeof given === "string" ? undefined : given.schema;
  return new QueueOperations(() => openOperator(name), { queue: name, schema });
}
