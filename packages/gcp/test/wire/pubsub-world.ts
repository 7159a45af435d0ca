import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";
import { alone, type QueueWorld, type WorldClock } from "@alienplatform/bindings/conformance";
import type { PubSubAddress } from "../../src/address.ts";
import { pullCapabilities } from "../../src/capabilities.ts";
import type { TasksAddress } from "../../src/delays/tasks-address.ts";
import { PubSubQueueDriver } from "../../src/queue/driver.ts";
import { PubSubQueueOperator } from "../../src/queue/operator.ts";
import { pubsubQueueOf } from "../../src/queue/pubsub-queue.ts";
import type { Made, PubSubAdmin } from "./pubsub-admin.ts";

export interface PubSubWorldOptions {
  readonly admin: PubSubAdmin;
  readonly clock: WorldClock;
  /** What the queue is made with. */
  readonly options: QueueOptions;
  readonly made?: Made;
  /** What the queues' names begin with. */
  readonly prefix?: string;
  /** What Cloud Tasks publishes what is due by; without it nothing is delayed. */
  readonly tasks?: TasksAddress;
  /** How long a look at dead letters waits for more. */
  readonly waitMs: number;
}

/** Pub/Sub keeps messages no shorter. */
const SHORTEST_MS = pullCapabilities.retention.minMs;
let queues = 0;

/** A fresh queue and a sibling on a server that speaks Pub/Sub. */
export async function openPubSubWorld(given: PubSubWorldOptions): Promise<QueueWorld> {
  const { admin, clock, made, waitMs, tasks } = given;
  const options = {
    ...given.options,
    retentionMs: Math.max(SHORTEST_MS, given.options.retentionMs),
  };
  const name = `${given.prefix ?? `tasks-${process.pid}-`}${++queues}`;
  const siblingOptions = alone(options);
  const siblingAddress = await admin.make(`${name}-others`, siblingOptions, made);
  const address = await admin.make(name, options, {
    ...made,
    ...(options.deadLetters === undefined ? {} : { deadLetters: siblingAddress }),
  });
  const binding = bindingOf("tasks", options, address, tasks);
  const siblingBinding = bindingOf("others", siblingOptions, siblingAddress, tasks);
  const drivers: PubSubQueueDriver[] = [];
  const driverOf = (of: QueueBinding) => {
    const driver = new PubSubQueueDriver(pubsubQueueOf(of), clock);
    drivers.push(driver);
    return driver;
  };
  const operator = new PubSubQueueOperator(pubsubQueueOf(binding), { clock, waitMs });
  const siblingOperator = new PubSubQueueOperator(pubsubQueueOf(siblingBinding), { clock, waitMs });
  return {
    queue: "tasks",
    driver: driverOf(binding),
    clock,
    options,
    operator,
    another: async () => driverOf(binding),
    sibling: {
      queue: "others",
      driver: driverOf(siblingBinding),
      operator: siblingOperator,
    },
    close: async () => {
      for (const driver of drivers) await driver.close();
      await operator.close();
      await siblingOperator.close();
      await admin.remove(address);
      await admin.remove(siblingAddress);
    },
  };
}

/** As deploy writes it into the environment. */
export function bindingOf(
  queue: string,
  options: QueueOptions,
  address: PubSubAddress,
  tasks?: TasksAddress,
): QueueBinding {
  const delayed = tasks === undefined ? {} : { tasks };
  return { version: 1, platform: "gcp", queue, options, address: { ...address, ...delayed } };
}
