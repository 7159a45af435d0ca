import type { Outgoing, QueueDriver } from "../src/queue/driver.ts";
import type { OpenWorld } from "./world.ts";

/**
 * The same worlds with FIFO queues, each message in a group of its own unless the case has groups: what holds of a
 * plain queue holds of those too.
 */
export function eachInAGroup(open: OpenWorld): OpenWorld {
  return async (options) => {
    const world = await open({ fifo: {}, ...options });
    const { another, sibling } = world;
    return {
      ...world,
      options,
      driver: grouped(world.driver),
      ...(sibling === undefined
        ? {}
        : { sibling: { ...sibling, driver: grouped(sibling.driver) } }),
      ...(another === undefined ? {} : { another: async () => grouped(await another()) }),
    };
  };
}

function grouped(driver: QueueDriver): QueueDriver {
  return {
    capabilities: driver.capabilities,
    sizeOf: (message) => driver.sizeOf(inGroup(message)),
    send: (messages, signal) => driver.send(messages.map(inGroup), signal),
    open: (given) => driver.open(given),
    close: () => driver.close(),
  };
}

function inGroup(message: Outgoing): Outgoing {
  return { ...message, group: message.group ?? message.id };
}
