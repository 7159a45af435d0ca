import { openLocalQueues } from "../../src/client.ts";
import { LocalQueueDriver } from "../../src/queue/driver.ts";

/** Opens a receiver that hears of pauses, and says no more: no take, no close, no exit. */
const [directory = ""] = process.argv.slice(2);
const queues = openLocalQueues({ directory });
const spec = { name: "tasks", maxAttempts: 5, leaseMs: 1_000, retentionMs: 60_000, fifo: false };
await new LocalQueueDriver(queues, spec).open({
  credit: 1,
  handlers: 1,
  leaseMs: 1_000,
  onPause: () => undefined,
});
