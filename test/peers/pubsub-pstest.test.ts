import { inRealTime, queueConformance } from "@alienplatform/bindings/conformance";
import { afterAll } from "vitest";
import { PubSubAdmin } from "../../packages/gcp/test/wire/pubsub-admin.ts";
import { openPubSubWorld } from "../../packages/gcp/test/wire/pubsub-world.ts";
import { LargeApart } from "./support/large-apart.ts";
import { startPstest } from "./support/pstest.ts";

const { host } = await startPstest();
const admin = new PubSubAdmin(`http://${host}`);
afterAll(() => admin.close());

const SEEKS_ALL =
  "a seek of pstest puts the later messages of all topics into the subscription, without their content, and then pstest crashes; in Pub/Sub it concerns the subscription's own: https://cloud.google.com/pubsub/docs/replay-overview";

const FOUR_MIB =
  "pstest takes 4 MiB, as any gRPC server in Go unless told otherwise; Pub/Sub takes 10 MB: https://cloud.google.com/pubsub/quotas#resource_limits";

const runner = new LargeApart();
queueConformance({
  name: "Pub/Sub on pstest",
  runner,
  ...inRealTime((options, clock) =>
    // A pull that is given up takes what is on its way: a busy machine has to answer within the wait.
    openPubSubWorld({ admin, clock, options, waitMs: 2_000 }),
  ),
  except: {
    "a message of exactly the largest size is sent and comes back whole": FOUR_MIB,
    "a batch heavier than the platform's is sent whole": FOUR_MIB,
    "a message of exactly the largest size can die and be redriven": FOUR_MIB,
    "a budget of a hundred attempts is a hundred deliveries, however each ends":
      "pstest does not say how often it delivered what it moves; Pub/Sub does, in CloudPubSubDeadLetterSourceDeliveryCount: https://cloud.google.com/pubsub/docs/dead-letter-topics#receive_forwarded_messages",
    "purge never takes dead letters": SEEKS_ALL,
    "a purge takes nothing from another queue": SEEKS_ALL,
    "a purge that the service does in its own time takes what waits": SEEKS_ALL,
  },
});
runner.end("Pub/Sub on pstest, large messages");
