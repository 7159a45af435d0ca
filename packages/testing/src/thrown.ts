import type {
  DeliveryEvent,
  HandlerContext,
  Handling,
  JobHandlers,
  MessageHandler,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** The same handler, which also writes down by message what it throws. */
export function noteThrown(handling: Handling, thrown: Map<string, unknown>): Handling {
  const { handler } = handling;
  const noted: MessageHandler | JobHandlers =
    typeof handler === "function"
      ? noting(handler, thrown)
      : Object.fromEntries(
          Object.entries(handler).map(([name, job]) => [name, noting(job, thrown)]),
        );
  return { ...handling, handler: noted };
}

function noting<First>(
  handler: (first: First, context: HandlerContext) => unknown,
  thrown: Map<string, unknown>,
) {
  return async (first: First, context: HandlerContext) => {
    try {
      return await handler(first, context);
    } catch (error) {
      thrown.set(context.message.id, error);
      throw error;
    }
  };
}

/** What the delivery failed with, where it did: the error itself, or what says why no handler was run or it was ended. */
export function errorOf(
  { queue, id, outcome, error }: DeliveryEvent,
  thrown: ReadonlyMap<string, unknown>,
): unknown {
  if (outcome === "lost" || error === undefined) return undefined;
  if (thrown.has(id)) return thrown.get(id);
  switch (error.code) {
    case "PAYLOAD_REFUSED":
    case "DECODE_FAILED":
    case "HANDLER_UNKNOWN": {
      const { issues } = error;
      const details = issues === undefined ? { queue, id } : { queue, id, issues };
      return new AlienError(error.code, error.message, { details });
    }
    case "TimeoutError":
      return Object.assign(new Error(error.message), { name: error.code });
    default:
      return undefined; // a verdict
  }
}
