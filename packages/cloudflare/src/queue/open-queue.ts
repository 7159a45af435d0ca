import type { Clock, QueueBinding, QueueDriver } from "@alienplatform/bindings";
import { readAddress } from "../address.ts";
import { httpCapabilities, workerCapabilities } from "../capabilities.ts";
import { Burial } from "./burial.ts";
import { CloudflareQueueDriver } from "./driver.ts";
import { linksOf } from "./links.ts";
import { CloudflareReceiver } from "./receiver.ts";

/** The driver for a binding; connects at first use. */
export function openQueue({ queue, ...binding }: QueueBinding, clock: Clock): QueueDriver {
  const links = linksOf(readAddress({ queue, ...binding }));
  if (links.kind === "worker") {
    return new CloudflareQueueDriver({
      capabilities: workerCapabilities,
      link: links.queue,
      clock,
      receiver: undefined,
    });
  }
  const { queue: link, dead } = links;
  const burial = new Burial({ queue, dead, clock });
  return new CloudflareQueueDriver({
    capabilities: httpCapabilities,
    link,
    clock,
    receiver: ({ leaseMs }) => new CloudflareReceiver({ link, burial, leaseMs, clock }),
  });
}
