import type { QueueResource } from "@alienplatform/core";
import { AlienError } from "@alienplatform/core";
import { allTold, errorMessage, tellParent } from "./function-message.ts";
import { type FunctionDescription, readFunction } from "./read-function.ts";
import { handlerOf } from "./registry.ts";
import { type Served, serve } from "./serve.ts";
import { type RunningConsumer, startConsumer } from "./start-consumer.ts";
import { writeError, writeLog } from "./stderr.ts";
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
 * the function's triggers, serves its HTTP, and drains at the end. Does nothing in any other process.
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
    await running.stop();
    await allTold();
    process.exit(0);
  } catch (error) {
    if (!tellParent(errorMessage(error))) throw error;
    await allTold();
    process.exit(1);
  }
}

async function start(
  { id, triggers, timeoutMs, http }: FunctionDescription,
  module: unknown,
  file: string,
  queues: readonly QueueResource[],
): Promise<{ stop(): Promise<void> }> {
  const wanted = triggers.map((trigger) => {
    const registration = handlerOf(trigger.queue);
    if (registration === undefined) throw handlerMissing(id, trigger.queue, file);
    return { trigger, registration };
  });
  const served = http === undefined ? undefined : await serve(module, http.port, file);
  const consumers: RunningConsumer[] = [];
  for (const { trigger, registration } of wanted) {
    if (trigger.paused) continue;
    const { queue, onInvalid, batchSize } = trigger;
    const consumer = await startConsumer({
      queue,
      registration,
      schema: registration.schema ?? queues.find((resource) => resource.id === queue)?.schema,
      onInvalid,
      timeoutMs,
      concurrency: Math.max(batchSize, 10),
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

function handlerMissing(id: string, queue: string, file: string): AlienError {
  return new AlienError(
    "HANDLER_MISSING",
    `function "${id}" is triggered by queue "${queue}"; ${file} registers no handler for it`,
    {
      fix: `Add to ${file}: onQueueMessage("${queue}", async (message) => { ... }).`,
      details: { function: id, queue, file },
    },
  );
}
