import { keptDriver, type PlatformRuntime } from "@alienplatform/bindings";
import { PubSubQueueDriver } from "./queue/driver.ts";
import { pubsubQueueOf } from "./queue/pubsub-queue.ts";
import { stateTableOf } from "./table/state-table-of.ts";

/**
 * The run-time half of Google Cloud: queues are topics of Pub/Sub with a subscription each, with a database of Firestore
 * beside them where the binding names one.
 */
export const runtime: PlatformRuntime = {
  platform: "gcp",
  queue(binding, clock) {
    const { queue, options } = binding;
    const driver = new PubSubQueueDriver(pubsubQueueOf(binding), clock);
    return keptDriver(driver, stateTableOf(binding, clock), { queue, options, clock });
  },
};
