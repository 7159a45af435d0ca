import { keptOperator, type PlatformOperate } from "@alienplatform/bindings/operate";
import { readAddress } from "./address.ts";
import { capabilitiesOf } from "./capabilities.ts";
import { ServiceBusQueueOperator } from "./queue/operator.ts";
import { stateTableOf } from "./table/state-table-of.ts";

export { ServiceBusQueueOperator } from "./queue/operator.ts";

/** The operating half of Azure. */
export const operate: PlatformOperate = {
  platform: "azure",
  queue(binding, clock) {
    const { queue, options } = binding;
    const capabilities = capabilitiesOf(readAddress(binding), options);
    const operator = new ServiceBusQueueOperator(binding, clock);
    const given = { queue, options, clock, capabilities };
    return keptOperator(operator, stateTableOf(binding, clock), given);
  },
};
