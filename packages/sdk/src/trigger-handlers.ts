import { AlienError, nearest, type QueueResource, type Trigger } from "@alienplatform/core";
import type { Fetch } from "./fetch.ts";
import type { FunctionDescription } from "./read-function.ts";
import { handlerOf, registered } from "./registry.ts";
import type { StartOptions } from "./start-consumer.ts";

/** A trigger, and what handles its messages. */
export interface TriggerHandler {
  readonly trigger: Trigger;
  readonly handlerFor: StartOptions["handlerFor"];
  /** Of the declaration that the handler was registered with. */
  readonly schema?: QueueResource["schema"];
  readonly concurrency?: number | undefined;
  /** Where the function says nothing else. */
  readonly timeoutMs?: number;
}

/** The HTTP half of a function: messages without a handler are posted to it, within the process. */
export interface Answering {
  readonly fetch: Fetch;
  /** As the requests name it. */
  readonly url: string;
}

/**
 * What handles one trigger of a function: the handler registered for its queue, else what the function
 * answers HTTP with, or the endpoint that it stands for, each of which gets messages as requests.
 * HANDLER_MISSING where there is neither.
 */
export async function triggerHandler(
  trigger: Trigger,
  described: FunctionDescription,
  answering: Answering | undefined,
  file: string,
): Promise<TriggerHandler> {
  const registration = described.endpoint === undefined ? handlerOf(trigger.queue) : undefined;
  if (registration === undefined) return posted(trigger, described, answering, file);
  const { handler, schema, concurrency } = registration;
  return { trigger, handlerFor: () => handler, schema, concurrency };
}

async function posted(
  trigger: Trigger,
  { id, triggers, endpoint }: FunctionDescription,
  answering: Answering | undefined,
  file: string,
): Promise<TriggerHandler> {
  const isTriggered = (queue: string) => triggers.some((each) => each.queue === queue);
  const others = registered().flatMap(({ queue }) => (isTriggered(queue) ? [] : [queue]));
  // A handler under a mistyped name is not meant to leave its messages to fetch.
  const meant = endpoint === undefined ? nearest(trigger.queue, others) : [];
  const consumer =
    endpoint === undefined
      ? answering && { name: `function "${id}"`, ...answering }
      : { name: `endpoint "${id}"`, url: endpoint.url };
  if (consumer === undefined || meant.length > 0) {
    throw handlerMissing(id, trigger.queue, file, meant);
  }
  const { ANSWER_TIMEOUT_MS, httpHandler } = await import("./http-consumer.ts");
  const handlerFor = httpHandler(consumer);
  return { trigger, handlerFor, timeoutMs: ANSWER_TIMEOUT_MS };
}

function handlerMissing(
  id: string,
  queue: string,
  file: string,
  meant: readonly string[],
): AlienError {
  const but =
    meant.length === 0 ? "" : `, but one for ${meant.map((name) => `"${name}"`).join(", ")}`;
  return new AlienError(
    "HANDLER_MISSING",
    `function "${id}" is triggered by queue "${queue}"; ${file} registers no handler for it${but}`,
    {
      fix:
        meant.length === 0
          ? `Add to ${file}: onQueueMessage("${queue}", async (message) => { ... }).`
          : `Correct the name: onQueueMessage("${queue}", ...).`,
      details: { function: id, queue, file },
    },
  );
}
