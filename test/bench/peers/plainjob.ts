import { join } from "node:path";
import type { Contender } from "../contender.ts";
import type { Durability } from "../line.ts";
import type { Payload } from "../payload.ts";
import { loadPeer } from "./load.ts";

interface Database {
  pragma(statement: string): unknown;
}

/** The part of plainjob's API that is measured. */
interface Plainjob {
  better(database: Database): object;
  defineQueue(options: object): { add(type: string, data: Payload): unknown; close(): void };
  defineWorker(
    type: string,
    handler: (job: { readonly data: string }) => Promise<void>,
    options: object,
  ): { start(): Promise<void>; stop(): Promise<void> };
}

const ignore = (): void => undefined;
const SILENT = { error: ignore, warn: ignore, info: ignore, debug: ignore };

/** plainjob on better-sqlite3, journal in WAL mode; synchronous FULL is the durability "power". Sends block the thread. */
export async function openPlainjob(directory: string, durability: Durability): Promise<Contender> {
  // loadPeer answers the modules whose parts are described above.
  const Sqlite = loadPeer("better-sqlite3") as new (file: string) => Database;
  const { better, defineQueue, defineWorker } = loadPeer("plainjob") as Plainjob;
  const database = new Sqlite(join(directory, "queue.db"));
  const queue = defineQueue({ connection: better(database), logger: SILENT });
  // plainjob itself asks for NORMAL when it opens.
  if (durability === "power") database.pragma("synchronous = FULL");
  return {
    send: async (payload) => queue.add("process-image", payload),
    async consume(_concurrency, handle) {
      const options = { queue, logger: SILENT, pollIntervall: 1 };
      const worker = defineWorker(
        "process-image",
        async (job) => handle(JSON.parse(job.data)),
        options,
      );
      const ended = worker.start();
      return {
        async stop() {
          await worker.stop();
          await ended;
        },
      };
    },
    async close() {
      queue.close();
    },
  };
}
