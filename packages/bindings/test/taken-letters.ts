import { defaultOptions, ReferenceQueue } from "../conformance/index.ts";
import { TakenDeadLetters } from "../src/dead-letters/taken-dead-letters.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import { QueueClient } from "../src/queue/client.ts";
import type { QueueDriver, Receiver } from "../src/queue/driver.ts";
import { VirtualClock } from "../src/virtual-clock.ts";
import { BareDriver } from "./conformance-bare/bare-driver.ts";

/** A queue whose dead letters are in another one, which others may read at the same time. */
export function world({ fifo }: Pick<QueueOptions, "fifo"> = {}) {
  const clock = new VirtualClock();
  const plain = { ...defaultOptions, maxAttempts: 1 };
  const options = { ...plain, ...(fifo === undefined ? {} : { fifo }) };
  const service = {
    source: new ReferenceQueue("tasks", { ...options, maxAttempts: 1_000 }, clock),
    dead: new ReferenceQueue("tasks-dead", { ...plain, maxAttempts: 1_000 }, clock),
  };
  const source = new BareDriver({
    queue: "tasks",
    service: service.source,
    dead: service.dead,
    republishes: false,
  });
  const dead = new BareDriver({
    queue: "tasks",
    service: service.dead,
    dead: undefined,
    republishes: false,
  });
  const client = new QueueClient(source, { queue: "tasks", options, clock });
  const letters = (over: { readonly source?: QueueDriver; readonly dead?: QueueDriver } = {}) =>
    new TakenDeadLetters({
      queue: "tasks",
      source,
      dead,
      options,
      clock,
      random: () => 0.5,
      waitMs: 0,
      ...over,
    });
  const kill = async (text: string, reason = "unreadable") => {
    const { id } = await client.sendText(text, fifo === undefined ? {} : { group: "a" });
    const [message] = await client.receive();
    if (message === undefined) throw new TypeError("nothing was received");
    await client.deadLetter(message, reason);
    return id;
  };
  const waiting = (queue: ReferenceQueue) => queue.stats().ready + (queue.stats().inFlight ?? 0);
  return { clock, service, source, dead, client, letters, kill, waiting };
}

/** The driver with another way to send. */
export function sending(driver: BareDriver, send: QueueDriver["send"]): QueueDriver {
  return {
    capabilities: driver.capabilities,
    sizeOf: (message) => driver.sizeOf(message),
    send,
    open: (options) => driver.open(options),
    close: () => driver.close(),
  };
}

/** The driver with receivers that do something else. */
export function receiving(
  driver: BareDriver,
  change: (receiver: Receiver) => Receiver,
): QueueDriver {
  const send: QueueDriver["send"] = (messages) => driver.send(messages);
  return {
    ...sending(driver, send),
    open: async (options) => change(await driver.open(options)),
  };
}
