import { keptOperator, type PlatformOperate } from "@alienplatform/bindings/operate";
import { capabilitiesOf } from "./capabilities.ts";
import { SqsQueueOperator } from "./queue/operator.ts";
import { sqsQueueOf } from "./queue/sqs-queue.ts";
import { stateTableOf } from "./table/state-table-of.ts";

/** The operating half of AWS. */
export const operate: PlatformOperate = {
  platform: "aws",
  queue(binding, clock) {
    const { queue, options } = binding;
    const sqs = sqsQueueOf(binding);
    const capabilities = capabilitiesOf(sqs.fifo, sqs.schedules !== undefined);
    const table = stateTableOf(binding, sqs.clients, clock);
    const given = { queue, options, clock, capabilities };
    return keptOperator(new SqsQueueOperator(sqs, { clock }), table, given);
  },
};
