import { keptDriver, type PlatformRuntime } from "@alienplatform/bindings";
import { SqsQueueDriver } from "./queue/driver.ts";
import { sqsQueueOf } from "./queue/sqs-queue.ts";
import { stateTableOf } from "./table/state-table-of.ts";

/** The run-time half of AWS: queues are SQS queues, with a table of DynamoDB beside them where the binding names one. */
export const runtime: PlatformRuntime = {
  platform: "aws",
  queue(binding, clock) {
    const { queue, options } = binding;
    const sqs = sqsQueueOf(binding);
    const table = stateTableOf(binding, sqs.clients, clock);
    return keptDriver(new SqsQueueDriver(sqs, clock), table, { queue, options, clock });
  },
};
