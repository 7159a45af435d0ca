import { queueConformance, TABLE_LIFTS, withTable } from "@alienplatform/bindings/conformance";
import { describe, it } from "vitest";
import { openQueueWorld } from "./server/queue-world.ts";

queueConformance({
  name: "Cloudflare Queues with a table, over HTTP, against a server of our own",
  runner: { describe, it },
  open: withTable(openQueueWorld),
  needing: TABLE_LIFTS,
});
