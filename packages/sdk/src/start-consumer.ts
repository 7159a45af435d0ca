import {
  Consumer,
  type DeliveryEvent,
  type LogLine,
  type QueueDriver,
} from "@alienplatform/bindings";
import type { QueueResource } from "@alienplatform/core";
import { openDriver } from "./open-driver.ts";
import type { Registration } from "./registry.ts";

export interface StartOptions {
  readonly queue: string;
  readonly registration: Registration;
  readonly schema: QueueResource["schema"];
  readonly onInvalid: "deadLetter" | "retry";
  readonly concurrency?: number | undefined;
  readonly timeoutMs?: number | undefined;
  readonly onEvent: (event: DeliveryEvent) => void;
  readonly onLog: (line: LogLine) => void;
  readonly onError: (queue: string, error: unknown) => void;
}

/** A consumer that runs, with a driver of its own. */
export interface RunningConsumer {
  readonly queue: string;
  stop(deadlineMs: number): Promise<void>;
}

/** Opens the queue and starts pulling from it. */
export async function startConsumer(options: StartOptions): Promise<RunningConsumer> {
  const { queue, registration, schema, onInvalid, timeoutMs, onEvent, onLog } = options;
  const { driver, binding, clock, random } = await openDriver(queue);
  const consumer = new Consumer(driver, {
    handling: {
      queue,
      options: binding.options,
      schema,
      handler: registration.handler,
      onInvalid,
      random,
      log: onLog,
    },
    clock,
    timeoutMs,
    concurrency: registration.concurrency ?? options.concurrency,
    onEvent,
    onError: (error) => options.onError(queue, error),
  });
  consumer.start();
  return { queue, stop: (deadlineMs) => stop(consumer, driver, deadlineMs) };
}

async function stop(consumer: Consumer, driver: QueueDriver, deadlineMs: number): Promise<void> {
  await consumer.drain(deadlineMs);
  await driver.close();
}
