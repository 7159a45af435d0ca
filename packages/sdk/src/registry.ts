import {
  type HandlerContext,
  type JobHandlers,
  type Message,
  type MessageHandler,
  refuseUnknown,
} from "@alienplatform/bindings";
import { AlienError, isId, type QueueResource } from "@alienplatform/core";
import { callerPlace } from "./caller-place.ts";

/** A registered handler and where it was registered. */
export interface Registration {
  /** "*" is for queues without a handler of their own. */
  readonly queue: string;
  readonly handler: MessageHandler | JobHandlers;
  readonly schema: QueueResource["schema"];
  readonly concurrency: number | undefined;
  /** file:line */
  readonly place: string;
}

export interface HandlerOptions {
  /** Handlers of this queue at once in this process; default 10. */
  readonly concurrency?: number;
}

/** A handler of one message: return is ack, throw is retry, or a verdict. */
export type QueueHandler<T = unknown> = (message: Message<T>, context: HandlerContext) => unknown;

/** Handlers of jobs by name, as call() names them. */
export type QueueJobs<T = unknown> = Readonly<
  Record<string, (payload: T, context: HandlerContext) => unknown>
>;

const registrations = new Map<string, Registration>();

/** Says what handles the messages of a queue in this process. */
export function onQueueMessage<Input, Output>(
  queue: QueueResource<Input, Output>,
  handler: QueueHandler<Output> | QueueJobs<Output>,
  options?: HandlerOptions,
): void;
export function onQueueMessage<T = unknown>(
  queue: string,
  handler: QueueHandler<T> | QueueJobs<T>,
  options?: HandlerOptions,
): void;
export function onQueueMessage(
  given: string | QueueResource,
  handler: QueueHandler | QueueJobs,
  options: HandlerOptions = {},
): void {
  const queue = typeof given === "string" ? given : given?.id;
  if (!(queue === "*" || isId(queue)) || !isHandler(handler)) throw misuse();
  refuseUnknown("onQueueMessage", options, ["concurrency"]);
  const place = callerPlace();
  const other = registrations.get(queue);
  if (other !== undefined) throw duplicate(queue, other.place, place);
  const schema = typeof given === "string" ? undefined : given.schema;
  const { concurrency } = options;
  registrations.set(queue, { queue, handler, schema, concurrency, place });
}

/** What was registered for a queue, or for all that have nothing of their own. */
export function handlerOf(queue: string): Registration | undefined {
  return registrations.get(queue) ?? registrations.get("*");
}

export function registered(): readonly Registration[] {
  return [...registrations.values()];
}

/** The result forgets what was registered since; for the test kit. What was there before stays. */
export function rememberHandlers(): () => void {
  const before = [...registrations];
  return () => {
    registrations.clear();
    for (const [queue, registration] of before) registrations.set(queue, registration);
  };
}

function isHandler(handler: unknown): handler is QueueHandler | QueueJobs {
  if (typeof handler === "function") return true;
  if (typeof handler !== "object" || handler === null) return false;
  const jobs = Object.values(handler);
  return jobs.length > 0 && jobs.every((job) => typeof job === "function");
}

function misuse(): TypeError {
  return new TypeError(
    'Write onQueueMessage("tasks", async (message, context) => { ... }), or for jobs ' +
      'onQueueMessage("tasks", { name: async (payload, context) => { ... } }).',
  );
}

function duplicate(queue: string, first: string, second: string): AlienError {
  const what = queue === "*" ? "the fallback" : `queue "${queue}"`;
  return new AlienError(
    "HANDLER_DUPLICATE",
    `${what} has two handlers, at ${first} and at ${second}`,
    { fix: "Remove one of them.", details: { queue, places: [first, second] } },
  );
}
