import { inRealTime, queueConformance } from "@alienplatform/bindings/conformance";
import { afterAll } from "vitest";
import { PubSubAdmin } from "../../packages/gcp/test/wire/pubsub-admin.ts";
import { openPubSubWorld } from "../../packages/gcp/test/wire/pubsub-world.ts";
import { LargeApart } from "./support/large-apart.ts";
import { emulatorExceptions, startPubSubEmulator } from "./support/pubsub-emulator.ts";

const { host } = await startPubSubEmulator();
const admin = new PubSubAdmin(`http://${host}`);
afterAll(() => admin.close());

const runner = new LargeApart();
queueConformance({
  name: "Pub/Sub on Google's emulator",
  runner,
  ...inRealTime((options, clock) =>
    // A pull that is given up takes what is on its way: a busy machine has to answer within the wait.
    openPubSubWorld({ admin, clock, options, waitMs: 2_000 }),
  ),
  except: emulatorExceptions,
});
runner.end("Pub/Sub on Google's emulator, large messages");
