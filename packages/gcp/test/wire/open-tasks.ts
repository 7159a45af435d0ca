import type { TasksAddress } from "../../src/delays/tasks-address.ts";
import { GoogleServer } from "../google/google-server.ts";
import type { WireClock } from "./wire-clock.ts";

const QUEUE = "projects/shop-prod/locations/europe-west1/queues/shop-dev-delays";
const ACCOUNT = "shop-dev-delays@shop-prod.iam.gserviceaccount.com";

/** A queue of Cloud Tasks whose tasks are due by a test's clock, and the account that they publish as. */
export async function openTasks(clock: WireClock) {
  const server = new GoogleServer();
  server.world.clock = clock;
  clock.serve(server.world);
  server.world.accounts.set(ACCOUNT, { email: ACCOUNT });
  server.world.taskQueues.set(QUEUE, { name: QUEUE, state: "RUNNING" });
  const address: TasksAddress = {
    queue: QUEUE,
    serviceAccount: ACCOUNT,
    endpoint: `${await server.listen()}cloudtasks`,
  };
  return { server, address };
}
