import { keptDriver, type PlatformRuntime } from "@alienplatform/bindings";
import { variables } from "./client.ts";
import { openQueue } from "./queue/open-queue.ts";
import { stateTableOf } from "./table/state-table-of.ts";

export { httpCapabilities, workerCapabilities } from "./capabilities.ts";

/** Cloudflare Queues: by bindings in a Worker, over HTTP outside of one; with a table of D1 where the binding names one. */
export const runtime: PlatformRuntime = {
  platform: "cloudflare",
  queue(binding, clock) {
    const { queue, options } = binding;
    const table = stateTableOf(binding, clock);
    return keptDriver(openQueue(binding, clock), table, { queue, options, clock });
  },
  environment: variables,
};
