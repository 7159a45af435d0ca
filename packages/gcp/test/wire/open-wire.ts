import { QueueClient, type QueueOptions } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { afterAll, onTestFinished } from "vitest";
import { PubSubQueueDriver } from "../../src/queue/driver.ts";
import { deadLettersOf, pubsubQueueOf } from "../../src/queue/pubsub-queue.ts";
import { type Made, PubSubAdmin } from "./pubsub-admin.ts";
import { bindingOf } from "./pubsub-world.ts";
import { PubSubServer } from "./server.ts";
import { WireClock } from "./wire-clock.ts";

let queues = 0;

/** A server of the wire for one test file, and queues on it. */
export async function openWire() {
  const clock = new WireClock();
  const server = new PubSubServer(clock);
  clock.serve(server);
  const admin = new PubSubAdmin(`http://127.0.0.1:${await server.listen()}`);
  afterAll(async () => {
    await admin.close();
    server.close();
  });

  /** A queue of its own, closed when the test is over, and every request about it from then on. */
  const open = async (given: Partial<QueueOptions> = {}, made?: Made) => {
    const options = { ...defaultOptions, ...given };
    const address = await admin.make(`wire-${++queues}`, options, made);
    const binding = bindingOf("tasks", options, address);
    const queue = pubsubQueueOf(binding);
    const driver = new PubSubQueueDriver(queue, clock);
    const dead = new PubSubQueueDriver(deadLettersOf(queue), clock);
    const requests: { readonly method: string; readonly request: unknown }[] = [];
    server.onRequest = (method, request) => void requests.push({ method, request });
    onTestFinished(async () => {
      server.onRequest = () => undefined;
      await driver.close();
      await admin.remove(address);
    });
    return {
      binding,
      queue,
      driver,
      client: new QueueClient<unknown>(driver, { queue: "tasks", options, clock }),
      requests,
      methods: () => requests.map(({ method }) => method),
      deadLetters: async () => (await dead.open({ credit: 10, leaseMs: 30_000 })).take(10, 0),
    };
  };
  return { clock, server, admin, open };
}
