import {
  Consumer,
  type DeliveryEvent,
  type Handling,
  type LogLine,
  type QueueDriver,
} from "@alienplatform/bindings";
import type { QueueResource } from "@alienplatform/core";
import { type OpenDriver, openDriver } from "./open-driver.ts";

export interface StartOptions {
  readonly queue: string;
  /** What handles its messages, made when the queue is open. */
  readonly handlerFor: (opened: OpenDriver) => Handling["handler"];
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
  const { queue, schema, onInvalid, timeoutMs, concurrency, onEvent, onLog } = options;
  const opened = await openDriver(queue);
  const { driver, binding, heldTo, clock, random, telemetry } = opened;
  const consumer = new Consumer(driver, {
    handling: {
      queue,
      options: binding.options,
      schema,
      handler: options.handlerFor(opened),
      onInvalid,
      random,
      heldTo,
      log: onLog,
      telemetry,
    },
    clock,
    timeoutMs,
    concurrency,
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
