import { keptDriver, type PlatformRuntime } from "@alienplatform/bindings";
import { ServiceBusQueueDriver } from "./queue/driver.ts";
import { stateTableOf } from "./table/state-table-of.ts";

export { capabilities } from "./capabilities.ts";
export { type ServiceBusDriverOptions, ServiceBusQueueDriver } from "./queue/driver.ts";

/** Azure: queues of Service Bus, with a table of Azure Storage beside them where the binding names one. */
export const runtime: PlatformRuntime = {
  platform: "azure",
  queue(binding, clock) {
    const { queue, options } = binding;
    const driver = new ServiceBusQueueDriver(binding, clock);
    return keptDriver(driver, stateTableOf(binding, clock), { queue, options, clock });
  },
};
