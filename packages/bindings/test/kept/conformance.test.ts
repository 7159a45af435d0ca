import { describe, it } from "vitest";
import { eachInAGroup, queueConformance, withTable } from "../../conformance/index.ts";
import { bareWorld } from "../conformance-bare/bare-world.ts";

const runner = { describe, it };

queueConformance({
  name: "a bare service with a table",
  runner,
  open: withTable(bareWorld()),
});

queueConformance({
  name: "a bare FIFO service with a table",
  runner,
  open: eachInAGroup(withTable(bareWorld())),
});

queueConformance({
  name: "a bare service with a table, whose delayed retries are messages of their own",
  runner,
  open: withTable(bareWorld({ republishes: true })),
});
