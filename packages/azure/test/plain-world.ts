import {
  type Outgoing,
  QueueClient,
  type QueueDriver,
  type QueueOptions,
  VirtualClock,
} from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { onTestFinished } from "vitest";
import { ServiceBusQueueDriver } from "../src/queue/driver.ts";
import { rest } from "./wire/rest.ts";
import { WireServer } from "./wire/server.ts";
import type { WireQueueOptions } from "./wire/wire-queue.ts";
import { bindingOf, windingClock } from "./wire-world.ts";

/** A queue of a server of its own, for tests that look at either end of the wire. */
export async function openPlainWorld(
  declared: Partial<QueueOptions> = {},
  wire: Partial<WireQueueOptions> = {},
) {
  const virtual = new VirtualClock();
  const server = new WireServer(virtual);
  await server.listen();
  const clock = windingClock(virtual, server);
  const options: QueueOptions = { ...defaultOptions, ...declared };
  const common = { lockMs: options.leaseMs, maxDeliveryCount: 2_000 };
  server.createQueue("tasks-dead", common);
  const sessions = options.fifo !== undefined;
  const made = { ...common, sessions, forwardDeadTo: "tasks-dead", ...wire };
  const queue = server.createQueue("tasks", made);
  const binding = bindingOf(server, "tasks", options);
  const glanceMs = sessions ? 100 : 1;
  const driver: QueueDriver = new ServiceBusQueueDriver(binding, clock, {
    glanceMs,
    pause: () => rest(server),
  });
  const client = new QueueClient(driver, { queue: "tasks", options, clock });
  onTestFinished(async () => {
    await client.close();
    await server.close();
  });
  const take = async () => {
    const [message] = await client.receive();
    if (message === undefined) throw new TypeError("nothing was received");
    return message;
  };
  return { server, queue, clock, client, driver, take };
}

let made = 0;

/** A text as the portable layer hands it to a driver. */
export function textOf(body: string, now: number, group?: string): Outgoing {
  const id = String(++made).padStart(26, "0");
  const headers = { kind: "text", attributes: {} } as const;
  return { id, body, headers, sentAt: now, ...(group === undefined ? {} : { group }) };
}
