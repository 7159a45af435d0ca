import { keptOperator, type PlatformOperate } from "@alienplatform/bindings/operate";
import { PubSubQueueOperator } from "./queue/operator.ts";
import { pubsubQueueOf } from "./queue/pubsub-queue.ts";
import { stateTableOf } from "./table/state-table-of.ts";

/** The operating half of Google Cloud. */
export const operate: PlatformOperate = {
  platform: "gcp",
  queue(binding, clock) {
    const { queue, options } = binding;
    const pubsub = pubsubQueueOf(binding);
    const given = { queue, options, clock, capabilities: pubsub.capabilities };
    const operator = new PubSubQueueOperator(pubsub, { clock });
    return keptOperator(operator, stateTableOf(binding, clock), given);
  },
};
