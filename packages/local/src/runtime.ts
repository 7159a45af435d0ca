import type { PlatformRuntime } from "@alienplatform/bindings";
import { directoryOf, openLocalQueues } from "./client.ts";
import { discover } from "./discover.ts";
import { LocalQueueDriver } from "./queue/driver.ts";
import { specOf } from "./queue/spec.ts";

export { capabilities } from "./capabilities.ts";
export {
  type Durability,
  dataDirectoryOf,
  type LocalQueuesOptions,
  openLocalQueues,
} from "./client.ts";
export type { LocalQueues, QueueSpec } from "./engine/port.ts";
export { declaredPause } from "./queue/declared-pause.ts";
export { LocalQueueDriver } from "./queue/driver.ts";
export { localBinding, specOf } from "./queue/spec.ts";

/** The local platform: durable queues in a directory of this machine. It reads no cloud credentials. */
export const runtime: PlatformRuntime = {
  platform: "local",
  queue(binding, clock) {
    const queues = openLocalQueues({ directory: directoryOf(binding), clock });
    return new LocalQueueDriver(queues, specOf(binding));
  },
  discover,
};
