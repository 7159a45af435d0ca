import { QueueClient, type QueueOptions } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, onTestFinished, vi } from "vitest";
import { openSqsWorld, type SqsWorld, type SqsWorldOptions } from "../sqs-world.ts";
import { Fauxqs } from "./fauxqs.ts";
import { Traffic } from "./traffic.ts";
import { WoundClock } from "./wound-clock.ts";

/** One queue of a test, and a client of it. */
export interface StartedQueue extends SqsWorld {
  readonly client: QueueClient<unknown>;
  readonly clock: WoundClock;
  /** For what no driver does. */
  readonly admin: SQSClient;
}

/** Starts fauxqs for the tests of a file; answers where it is, and what opens a queue on it for one test. */
export async function startQueues() {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  let nowMs = Date.UTC(2030, 0, 1);
  const fauxqs = await Fauxqs.start(nowMs);
  const { endpoint } = fauxqs;
  const admin = new SQSClient({ region: "us-east-1", endpoint, maxAttempts: 1 });
  afterAll(async () => {
    admin.destroy();
    await fauxqs.stop();
  });
  const open = async (
    declared: Partial<QueueOptions> = {},
    more: Partial<SqsWorldOptions> = {},
  ): Promise<StartedQueue> => {
    const traffic = new Traffic();
    const clock = new WoundClock(fauxqs, traffic, nowMs);
    const options = { ...defaultOptions, ...declared };
    const world = await openSqsWorld({
      ...{ endpoint, clock, options, admin, waitMs: 0 },
      ...more,
      onClients: (clients) => {
        traffic.watch(clients);
        more.onClients?.(clients);
      },
    });
    const { driver } = world;
    const client = new QueueClient<unknown>(driver, { queue: "tasks", options, clock });
    onTestFinished(async () => {
      await client.close();
      await world.close();
      nowMs = clock.now();
    });
    return { ...world, clock, client, admin };
  };
  return { open, endpoint };
}
