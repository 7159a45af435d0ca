import {
  type OpenWorld,
  queueConformance,
  TABLE_LIFTS,
  withTable,
} from "@alienplatform/bindings/conformance";
import { afterAll, describe, it } from "vitest";
import { openTasks } from "./wire/open-tasks.ts";
import { PublishOverHttp } from "./wire/publish-over-http.ts";
import { PubSubAdmin } from "./wire/pubsub-admin.ts";
import { openPubSubWorld } from "./wire/pubsub-world.ts";
import { PubSubServer } from "./wire/server.ts";
import { WireClock } from "./wire/wire-clock.ts";

const clock = new WireClock();
const server = new PubSubServer(clock);
clock.serve(server);
const endpoint = `http://127.0.0.1:${await server.listen()}`;
const admin = new PubSubAdmin(endpoint);
const front = new PublishOverHttp(server);
const http = await front.listen();
const { server: google, address: tasks } = await openTasks(clock);
google.world.askedAt = (url) => url.replace(endpoint, http);

afterAll(async () => {
  await admin.close();
  google.close();
  front.close();
  server.close();
});

const open: OpenWorld = (options) => openPubSubWorld({ admin, clock, options, waitMs: 0 });
const delaying: OpenWorld = (options) =>
  openPubSubWorld({ admin, clock, options, waitMs: 0, tasks });
const runner = { describe, it };

queueConformance({ name: "Pub/Sub over a wire server of our own", runner, open });

queueConformance({
  name: "Pub/Sub with Cloud Tasks, over a wire server of our own",
  runner,
  open: delaying,
  needing: ["delay", "retry delay", "retry delays of 7 days"],
});

queueConformance({
  name: "Pub/Sub with a table, over a wire server of our own",
  runner,
  open: withTable(delaying),
  needing: TABLE_LIFTS,
});
