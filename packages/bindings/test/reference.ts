import { defaultOptions, ReferenceDriver, ReferenceQueue } from "../conformance/index.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import { QueueClient, type QueueClientOptions } from "../src/queue/client.ts";
import { Consumer, type ConsumerOptions } from "../src/queue/consumer.ts";
import type { DeliveryEvent } from "../src/queue/delivery-event.ts";
import type { Handling } from "../src/queue/handle.ts";
import { VirtualClock } from "../src/virtual-clock.ts";

/** A reference queue "tasks" with a client, a virtual clock, and consumers that record what they did. */
export function referenceWorld(options: Partial<QueueOptions> = {}) {
  const clock = new VirtualClock();
  const merged = { ...defaultOptions, ...options };
  const queue = new ReferenceQueue("tasks", merged, clock);
  const driver = new ReferenceDriver(queue);
  let shared: QueueClient | undefined;
  const made = (extra: Partial<QueueClientOptions>, over: ReferenceDriver) =>
    new QueueClient(over, {
      queue: "tasks",
      options: merged,
      clock,
      ...extra,
    });
  /** The world's one client; a client of its own where something is different about it. */
  const client = (extra?: Partial<QueueClientOptions>, over = driver) => {
    if (extra !== undefined) return made(extra, over);
    shared ??= made({}, driver);
    return shared;
  };
  const events: DeliveryEvent[] = [];
  const errors: unknown[] = [];
  const lines: string[] = [];
  const handling = (handler: Handling["handler"], extra: Partial<Handling> = {}): Handling => ({
    queue: "tasks",
    options: merged,
    handler,
    onInvalid: "deadLetter",
    random: () => 0.5,
    log: ({ level, message }) => lines.push(`${level} ${message}`),
    ...extra,
  });
  const consume = (
    handler: Handling["handler"],
    extra: Partial<ConsumerOptions> = {},
    from = driver,
  ) => {
    const consumer = new Consumer(from, {
      handling: handling(handler),
      clock,
      onEvent: (event) => events.push(event),
      onError: (error) => errors.push(error),
      ...extra,
    });
    consumer.start();
    return consumer;
  };
  const outcomes = () => events.map(({ outcome, attempt }) => `${outcome} ${attempt}`);
  return { clock, queue, driver, client, handling, consume, events, errors, lines, outcomes };
}

/** A promise and what settles it, for handlers that wait until the test lets them go on. */
export function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
