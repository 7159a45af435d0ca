import type { Contender } from "../contender.ts";
import type { Payload } from "../payload.ts";
import { loadPeer } from "./load.ts";
import { type AppendFsync, startRedis } from "./redis.ts";

/** The part of BullMQ's API that is measured. */
interface BullMq {
  readonly Queue: new (
    name: string,
    options: object,
  ) => {
    add(name: string, data: Payload): Promise<unknown>;
    waitUntilReady(): Promise<unknown>;
    close(): Promise<void>;
  };
  readonly Worker: new (
    name: string,
    handler: (job: { readonly data: Payload }) => Promise<void>,
    options: object,
  ) => { waitUntilReady(): Promise<unknown>; close(): Promise<void> };
}

/** BullMQ on a redis-server of its own, over a Unix socket, which is its fastest way. */
export async function openBullMq(directory: string, appendfsync: AppendFsync): Promise<Contender> {
  // loadPeer answers the module whose part is described above.
  const { Queue, Worker } = loadPeer("bullmq") as BullMq;
  const redis = await startRedis(directory, appendfsync);
  const connection = { path: redis.path, maxRetriesPerRequest: null };
  const queue = new Queue("bench", {
    connection,
    defaultJobOptions: { removeOnComplete: true, attempts: 5 },
  });
  await queue.waitUntilReady();
  return {
    send: (payload) => queue.add("process-image", payload),
    async consume(concurrency, handle) {
      const worker = new Worker("bench", async (job) => handle(job.data), {
        connection,
        concurrency,
      });
      await worker.waitUntilReady();
      return { stop: () => worker.close() };
    },
    async close() {
      await queue.close();
      await redis.stop();
    },
  };
}
