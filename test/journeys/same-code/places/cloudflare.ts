import { systemClock } from "@alienplatform/bindings";
import { QueueServer } from "../../../../packages/cloudflare/test/server/queue-server.ts";
import { StoredQueue } from "../../../../packages/cloudflare/test/server/stored-queue.ts";
import type { Place } from "../place.ts";

/** Cloudflare's HTTP API, which pulls. */
export const cloudflareWire: Place = {
  name: "Cloudflare Queues over HTTP (a wire server of our own)",
  async open({ retentionMs }, atEnd) {
    const server = await QueueServer.open();
    atEnd(() => server.close());
    const dead = new StoredQueue(systemClock, { maxRetries: 100, retentionMs });
    server.queues.set("tasks-dead", dead);
    server.queues.set(
      "tasks",
      new StoredQueue(systemClock, { maxRetries: 100, retentionMs, dead }),
    );
    const { account, endpoint } = server;
    const address = { kind: "http", account, queue: "tasks", dead: "tasks-dead", endpoint };
    return {
      binding: { platform: "cloudflare", address },
      env: { CLOUDFLARE_API_TOKEN: server.token },
    };
  },
};
