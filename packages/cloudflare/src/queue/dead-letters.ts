import type { Clock, DeadLetterOperator, Delivery, QueueOptions } from "@alienplatform/bindings";
import { NoDeadLetters, TakenDeadLetters } from "@alienplatform/bindings/operate";
import { httpCapabilities } from "../capabilities.ts";
import { Burial } from "./burial.ts";
import { CloudflareQueueDriver } from "./driver.ts";
import { KeepingReceiver } from "./keeping-receiver.ts";
import type { QueueLinks } from "./links.ts";
import { toDelivery } from "./message.ts";

export interface DeadLettersOptions {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly links: Extract<QueueLinks, { readonly kind: "http" }>;
  readonly clock: Clock;
}

/** Looked at without a loan as long as Cloudflare shows them all; taken where one is to be changed, or they are many. */
export function deadLettersOf({
  queue,
  options,
  links,
  clock,
}: DeadLettersOptions): DeadLetterOperator {
  if (options.deadLetters !== undefined) return new NoDeadLetters(queue, options.deadLetters);
  const driver = (link: typeof links.dead) => {
    const burial = new Burial({ queue, dead: links.dead, clock });
    return new CloudflareQueueDriver({
      capabilities: httpCapabilities,
      link,
      clock,
      receiver: ({ leaseMs }) => new KeepingReceiver({ link, burial, leaseMs, clock }),
    });
  };
  return new TakenDeadLetters({
    queue,
    source: driver(links.queue),
    dead: driver(links.dead),
    options,
    clock,
    random: Math.random,
    waitMs: 0,
    look: () => look(links),
  });
}

/** Undefined where there may be more than Cloudflare shows. */
async function look({
  dead,
}: DeadLettersOptions["links"]): Promise<readonly Delivery[] | undefined> {
  const shown = await dead.peek(httpCapabilities.max.receive);
  return shown.length < httpCapabilities.max.receive ? shown.map(toDelivery) : undefined;
}
