import { createRequire } from "node:module";
import {
  type PushedFunction,
  type QueueBinding,
  type Sources,
  type WrittenOptions,
  withDefaults,
} from "@alienplatform/bindings";
import { environmentName } from "@alienplatform/core";
import { app } from "@azure/functions";
import { readAddress } from "./address.ts";
import { type AzureFunction, entry as handlerOf } from "./entry.ts";
import { CONNECTION } from "./function/connection.ts";

const METHODS = ["GET", "POST", "DELETE", "HEAD", "PATCH", "PUT", "OPTIONS", "TRACE"] as const;

/**
 * Makes a function the consumer of its queues, as `entry` does, and tells the host of its triggers, which is what the host
 * asks a package for: one for each queue, and one for all requests where the function serves HTTP.
 */
export function entry(pushed: PushedFunction, sources: Sources): AzureFunction {
  const handler = handlerOf(pushed, sources);
  // Elsewhere the library would say on the console that it is nowhere.
  if (!isInHost()) return handler;
  for (const [name, queue] of Object.entries(sources)) {
    const binding = bindingOf(queue);
    app.serviceBusQueue(name, {
      connection: CONNECTION,
      queueName: readAddress(binding).queue,
      isSessionsEnabled: binding.options.fifo !== undefined,
      cardinality: "one",
      // Else the host reads JSON, and large numbers change on the way.
      ...{ dataType: "binary" },
      handler,
    });
  }
  if (servesHttp()) {
    app.http("http", {
      route: "{*path}",
      methods: [...METHODS],
      authLevel: "anonymous",
      handler: async (request, context) => (await handler(request, context)) ?? {},
    });
  }
  return handler;
}

/** The host's worker for Node gives this module to what it loads, and nobody else has it. */
function isInHost(): boolean {
  try {
    createRequire(import.meta.url)("@azure/functions-core");
    return true;
  } catch {
    return false; // which is the answer
  }
}

function bindingOf(queue: string): QueueBinding {
  const text = process.env[environmentName(queue)];
  if (text === undefined) throw new TypeError(`${environmentName(queue)} is not set; deploy again`);
  // Deploy wrote it, for this process alone, without what every queue has; its address is checked.
  const written = JSON.parse(text) as Omit<QueueBinding, "options"> & { options?: WrittenOptions };
  return { ...written, options: withDefaults(written.options ?? {}) };
}

function servesHttp(): boolean {
  const described = JSON.parse(process.env.ALIEN_FUNCTION ?? "{}") as { readonly http?: object };
  return described.http !== undefined; // as deploy wrote it
}
