import type { PushedFunction, Sources } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import {
  type HttpRequest,
  type HttpResponse,
  isHttpRequest,
  toHttpResponse,
  toRequest,
} from "./function/http-event.ts";
import { handleBatch } from "./function/message-batch.ts";
import type { InvocationContext } from "./function/trigger-event.ts";

/**
 * The handler of a Service Bus trigger, for which returning completes what it was given and throwing brings it back, and
 * of an HTTP trigger, which answers.
 */
export type AzureFunction = (
  input: unknown,
  context: InvocationContext,
) => Promise<HttpResponse | undefined>;

/**
 * Makes a function the consumer of its queues, each of which is a trigger of the app, named as `sources` names it, and
 * what its HTTP trigger serves.
 */
export function entry(pushed: PushedFunction, sources: Sources): AzureFunction {
  const consume = consumer(pushed, sources);
  return async (input, context) => {
    const isQueue = Object.hasOwn(sources, context.functionName);
    if (!isQueue && isHttpRequest(input)) return serve(input, pushed);
    await consume(input, context);
    return undefined;
  };
}

async function serve(input: HttpRequest, pushed: PushedFunction): Promise<HttpResponse> {
  try {
    const request = await toRequest(input);
    return request === undefined ? empty(405) : toHttpResponse(await pushed.answer(request));
  } catch (error) {
    pushed.report(error);
    return empty(500);
  }
}

function empty(status: number): HttpResponse {
  return toHttpResponse({ status, headers: {}, cookies: [], body: new Uint8Array() });
}

function consumer(pushed: PushedFunction, sources: Sources) {
  return async (input: unknown, context: InvocationContext): Promise<void> => {
    const { functionName } = context;
    const name = Object.hasOwn(sources, functionName) ? sources[functionName] : undefined;
    let comesBack: AlienError | undefined;
    try {
      if (name === undefined) throw unknownSource(functionName);
      comesBack = await handleBatch(input, context, await pushed.queue(name));
    } catch (error) {
      pushed.report(error, name);
      throw error;
    }
    // The handler's own failure, which has been told already.
    if (comesBack !== undefined) throw comesBack;
  };
}

function unknownSource(source: string): AlienError {
  const text = `the function is no consumer of what triggers "${source}"`;
  return new AlienError("UNKNOWN_QUEUE", text, {
    fix: "Deploy the stack again, or remove this trigger from the function app.",
    details: { source },
  });
}
