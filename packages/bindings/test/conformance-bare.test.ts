import { describe, it } from "vitest";
import { queueConformance } from "../conformance/index.ts";
import { bareWorld } from "./conformance-bare/bare-world.ts";

const runner = { describe, it };

queueConformance({ name: "a bare service that delays retries", runner, open: bareWorld() });

queueConformance({
  name: "a bare service whose delayed retries are messages of their own",
  runner,
  open: bareWorld({ republishes: true }),
});
