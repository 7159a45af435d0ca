import { type DeliveryEvent, refuseUnknown } from "@alienplatform/bindings";
import { AlienError, type Duration, parseDuration } from "@alienplatform/core";
import { registered } from "./registry.ts";
import { type RunningConsumer, startConsumer } from "./start-consumer.ts";
import { writeError, writeFailure, writeLog } from "./stderr.ts";
import { type SignalWait, untilSignal } from "./until-signal.ts";

export interface ConsumeOptions {
  /** Ends consuming. Without one, SIGTERM and SIGINT do; a second of them ends the process at once. */
  readonly signal?: AbortSignal;
  /** Handlers at once per queue; default 10. */
  readonly concurrency?: number;
  /** How long handlers may take to finish at the end; default 25s. */
  readonly deadline?: Duration;
  /** Told of every delivery. Without it those that failed are written to stderr. */
  readonly onEvent?: (event: DeliveryEvent) => void;
}

/** Runs the registered handlers by pulling, in a process of your own. Resolves when all has been given back. */
export async function consume(options: ConsumeOptions = {}): Promise<void> {
  if (process.env.ALIEN_FUNCTION !== undefined) {
    throw new TypeError(
      "In a function the registered handlers run by themselves: remove consume().",
    );
  }
  refuseUnknown("consume", options, ["signal", "concurrency", "deadline", "onEvent"]);
  const handlers = registered();
  if (handlers.length === 0) {
    throw new AlienError("HANDLER_MISSING", "consume() was called and no queue has a handler", {
      fix: 'Register one before: onQueueMessage("tasks", async (message) => { ... }).',
    });
  }
  const fallback = handlers.find(({ queue }) => queue === "*");
  if (fallback !== undefined) throw nameless(fallback.place);
  const deadlineMs = parseDuration(options.deadline ?? "25s", "deadline");
  const end = options.signal === undefined ? untilSignal() : untilAborted(options.signal);
  // A consumer that waits for messages must not let the process end.
  const hold = setInterval(() => undefined, 2 ** 30);
  const running: RunningConsumer[] = [];
  try {
    for (const registration of handlers) {
      const consumer = await startConsumer({
        queue: registration.queue,
        handlerFor: () => registration.handler,
        schema: registration.schema,
        onInvalid: "deadLetter",
        concurrency: registration.concurrency ?? options.concurrency,
        onEvent: options.onEvent ?? writeFailure,
        onLog: writeLog,
        onError: writeError,
      });
      running.push(consumer);
    }
    await end.told;
  } finally {
    end.forget();
    await Promise.all(running.map((consumer) => consumer.stop(deadlineMs)));
    clearInterval(hold);
  }
}

function untilAborted(signal: AbortSignal): SignalWait {
  if (signal.aborted) return { told: Promise.resolve(), forget: () => undefined };
  let tell: () => void = () => undefined;
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  signal.addEventListener("abort", tell, { once: true });
  return { told, forget: () => signal.removeEventListener("abort", tell) };
}

/** A function's triggers say which queues are meant; here nothing does. */
function nameless(place: string): AlienError {
  const text = `consume() cannot tell which queues the handler for "*" at ${place} is for`;
  return new AlienError("UNSUPPORTED", text, {
    fix: "Register a handler for each queue by its name.",
    details: { place },
  });
}
