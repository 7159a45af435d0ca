import { eachInAGroup, queueConformance } from "@alienplatform/bindings/conformance";
import { describe, it } from "vitest";
import { exceptions, sessionExceptions } from "./exceptions.ts";
import { openWireWorld } from "./wire-world.ts";

queueConformance({
  name: "Service Bus over our wire server",
  runner: { describe, it },
  open: openWireWorld,
  except: exceptions,
});

queueConformance({
  name: "Service Bus sessions over our wire server",
  runner: { describe, it },
  open: eachInAGroup(openWireWorld),
  except: sessionExceptions,
});
