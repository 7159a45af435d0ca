import {
  eachInAGroup,
  type OpenWorld,
  queueConformance,
  TABLE_LIFTS,
  withTable,
} from "@alienplatform/bindings/conformance";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, describe, it, vi } from "vitest";
import { Fauxqs } from "./fauxqs/fauxqs.ts";
import { Traffic } from "./fauxqs/traffic.ts";
import { WoundClock } from "./fauxqs/wound-clock.ts";
import { FakeScheduler } from "./schedule/fake-scheduler.ts";
import { openSqsWorld, type SqsWorldOptions } from "./sqs-world.ts";

vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");

let nowMs = Date.UTC(2030, 0, 1);
const fauxqs = await Fauxqs.start(nowMs);
const admin = new SQSClient({ region: "us-east-1", endpoint: fauxqs.endpoint, maxAttempts: 1 });
const scheduler = await FakeScheduler.listen();
afterAll(async () => {
  await scheduler.close();
  admin.destroy();
  await fauxqs.stop();
});

const BEYOND_THE_PLANE =
  "fauxqs refuses what is beyond U+FFFF; SQS takes it: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html";
const NO_RETENTION =
  "fauxqs keeps messages for ever; SQS for the MessageRetentionPeriod: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html";

const except = {
  "a JSON payload comes back as it was sent": BEYOND_THE_PLANE,
  "a text comes back as it was sent": BEYOND_THE_PLANE,
  "a message kept longer than the retention is gone": NO_RETENTION,
};

const opening =
  (more: Partial<SqsWorldOptions>): OpenWorld =>
  async (options) => {
    const traffic = new Traffic();
    const clock = new WoundClock(fauxqs, traffic, nowMs);
    const world = await openSqsWorld({
      endpoint: fauxqs.endpoint,
      clock,
      options,
      admin,
      onClients: (clients) => traffic.watch(clients),
      // It answers from all that it has.
      waitMs: 0,
      onDue: (send) => traffic.count(send),
      ...more,
    });
    return {
      ...world,
      close: async () => {
        await world.close();
        nowMs = clock.now();
      },
    };
  };
const open = opening({});
/** As deploy makes them. */
const scheduled = opening({ scheduler });

queueConformance({ name: "SQS on fauxqs", runner: { describe, it }, open, except });

queueConformance({
  name: "SQS FIFO on fauxqs",
  runner: { describe, it },
  open: eachInAGroup(open),
  except,
});

queueConformance({
  name: "SQS FIFO on fauxqs, with a scheduler of our own",
  runner: { describe, it },
  open: eachInAGroup(scheduled),
  needing: ["delay", "delays of 7 days"],
  except,
});

const kept = withTable(open);
const lifted = {
  runner: { describe, it },
  needing: TABLE_LIFTS,
  except: { "a job that nobody took within the retention has FAILED": NO_RETENTION },
};

queueConformance({ name: "SQS with a table, on fauxqs", open: kept, ...lifted });

queueConformance({
  name: "SQS FIFO with a table, on fauxqs",
  open: eachInAGroup(withTable(scheduled)),
  ...lifted,
});
