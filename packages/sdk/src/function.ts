import type { QueueResource } from "@alienplatform/core";
import { allTold, errorMessage, tellParent } from "./function-message.ts";
import { type FunctionDescription, readFunction } from "./read-function.ts";
import { type Served, serve } from "./serve.ts";
import { type RunningConsumer, startConsumer } from "./start-consumer.ts";
import { writeError, writeLog } from "./stderr.ts";
import { triggerHandler } from "./trigger-handlers.ts";
import { untilSignal } from "./until-signal.ts";

export type { FunctionMessage } from "./function-message.ts";
export type { FunctionDescription } from "./read-function.ts";

const DRAIN_MS = 25_000;

export interface StartFunctionOptions {
  /** The function's file, as errors name it. */
  readonly file: string;
  /** Loads the declared queues, for their schemas. */
  queues(): Promise<readonly QueueResource[]>;
}

/**
 * What the generated entry of a function's process calls: loads the user's file, runs its handlers for
 * the function's triggers, serves its HTTP, and drains at the end. What no handler is registered for is
 * posted: to the function's own fetch, or to the endpoint that the process stands for. Does nothing in any
 * other process.
 */
export async function startFunction(
  load: () => Promise<unknown>,
  options: StartFunctionOptions,
): Promise<void> {
  try {
    const described = readFunction(process.env);
    if (described === undefined) return;
    const ended = untilTold();
    const queues = await options.queues();
    const running = await start(described, await load(), options.file, queues);
    await ended;
    const stopped = running.stop();
    // Stopping begins at once, so that whoever is told this knows that the next message is another's.
    tellParent({ type: "draining" });
    await stopped;
    await allTold();
    process.exit(0);
  } catch (error) {
    if (!tellParent(errorMessage(error))) throw error;
    await allTold();
    process.exit(1);
  }
}

async function start(
  described: FunctionDescription,
  module: unknown,
  file: string,
  queues: readonly QueueResource[],
): Promise<{ stop(): Promise<void> }> {
  const { http } = described;
  const served = http === undefined ? undefined : await serve(module, http.port ?? 0, file);
  const answering = served && { fetch: served.fetch, url: `http://localhost:${served.port}/` };
  const handled = await Promise.all(
    described.triggers.map((trigger) => triggerHandler(trigger, described, answering, file)),
  );
  const consumers: RunningConsumer[] = [];
  for (const { trigger, handlerFor, schema, concurrency, timeoutMs } of handled) {
    const { queue, onInvalid, batchSize } = trigger;
    const consumer = await startConsumer({
      queue,
      handlerFor,
      schema: schema ?? queues.find((resource) => resource.id === queue)?.schema,
      onInvalid,
      timeoutMs: described.timeoutMs ?? timeoutMs,
      concurrency: concurrency ?? Math.max(batchSize, 10),
      onEvent: (event) => tellParent({ type: "delivery", ...event }),
      onLog: (line) => tellParent({ type: "log", ...line }) || writeLog(line),
      onError: (name, error) => tellParent(errorMessage(error, name)) || writeError(name, error),
    });
    consumers.push(consumer);
  }
  const port = served === undefined ? {} : { port: served.port };
  tellParent({ type: "ready", queues: consumers.map(({ queue }) => queue), ...port });
  return { stop: () => stop(consumers, served) };
}

async function stop(consumers: readonly RunningConsumer[], served: Served | undefined) {
  await Promise.all([served?.stop(DRAIN_MS), ...consumers.map((each) => each.stop(DRAIN_MS))]);
}

function untilTold(): Promise<unknown> {
  if (process.send === undefined) return untilSignal().told;
  // Ctrl-C reaches every process of a terminal; the parent decides what it means, and says SIGTERM.
  process.on("SIGINT", () => undefined);
  const orphaned = new Promise((resolve) => process.once("disconnect", resolve));
  return Promise.race([untilSignal(["SIGTERM"]).told, orphaned]);
}
