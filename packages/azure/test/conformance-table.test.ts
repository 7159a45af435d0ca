import {
  eachInAGroup,
  queueConformance,
  TABLE_LIFTS,
  withTable,
} from "@alienplatform/bindings/conformance";
import { describe, it } from "vitest";
import { openWireWorld } from "./wire-world.ts";

const runner = { describe, it };
const open = withTable(openWireWorld);

queueConformance({
  name: "Service Bus with a table, over our wire server",
  runner,
  open,
  needing: TABLE_LIFTS,
});

queueConformance({
  name: "Service Bus sessions with a table, over our wire server",
  runner,
  open: eachInAGroup(open),
  needing: TABLE_LIFTS,
});
