import { queueConformance } from "@alienplatform/bindings/conformance";
import { describe, it } from "vitest";
import { exceptions } from "./exceptions.ts";
import { openQueueWorld } from "./server/queue-world.ts";

queueConformance({
  name: "Cloudflare Queues over HTTP, against a server of our own",
  runner: { describe, it },
  open: openQueueWorld,
  except: exceptions,
});
