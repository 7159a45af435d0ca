import { ReferenceDriver } from "../../conformance/index.ts";
import { type PushOptions, pushHandler } from "../../src/http/push.ts";
import type { QueueOptions } from "../../src/queue/binding.ts";
import type { ConsumerOptions } from "../../src/queue/consumer.ts";
import type { DeliveryEvent } from "../../src/queue/delivery-event.ts";
import type { Outcome, Settlement } from "../../src/queue/driver.ts";
import type { Handling } from "../../src/queue/handle.ts";
import { referenceWorld } from "../reference.ts";

export const secret = "a secret of the tests";

/** A reference queue whose messages are posted, and the events in the order they come. */
export function pushingWorld(
  url: string,
  {
    queue: options = {},
    push = {},
    handling = {},
    consumer: consumerOptions = {},
  }: {
    queue?: Partial<QueueOptions>;
    push?: Partial<PushOptions>;
    handling?: Partial<Handling>;
    consumer?: Partial<ConsumerOptions>;
  } = {},
) {
  const world = referenceWorld(options);
  const waiting: ((event: DeliveryEvent) => void)[] = [];
  const untold: DeliveryEvent[] = [];
  const handler = pushHandler({
    consumer: 'endpoint "billing"',
    url,
    secret,
    clock: world.clock,
    longestDelayMs: 7 * 86_400_000,
    ...push,
  });
  const driver = new RecordingDriver(world.queue);
  const consumer = world.consume(
    handler,
    {
      handling: world.handling(handler, handling),
      onEvent: (event) => {
        const waiter = waiting.shift();
        if (waiter === undefined) untold.push(event);
        else waiter(event);
      },
      ...consumerOptions,
    },
    driver,
  );
  /** The next event that nobody has waited for yet; real I/O, so it may take a moment. */
  const next = () =>
    new Promise<DeliveryEvent>((resolve) => {
      const event = untold.shift();
      if (event === undefined) waiting.push(resolve);
      else resolve(event);
    });
  return { ...world, consumer, next, settled: driver.outcomes };
}

class RecordingDriver extends ReferenceDriver {
  readonly outcomes: Outcome[] = [];

  protected override async settle(batch: readonly Settlement[]) {
    this.outcomes.push(...batch.map(({ outcome }) => outcome));
    return super.settle(batch);
  }
}
