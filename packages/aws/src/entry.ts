import type { PushedFunction, Sources } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { handleBatch } from "./function/message-batch.ts";
import type { LambdaContext, SqsBatchResponse, SqsEvent, SqsRecord } from "./function/sqs-event.ts";
import {
  isUrlEvent,
  toRequest,
  toUrlResponse,
  type UrlEvent,
  type UrlResponse,
} from "./function/url-event.ts";

/** What Lambda calls: once per batch, which is of one queue, and once per request to the function's URL. */
export interface LambdaFunction {
  (event: SqsEvent, context: LambdaContext): Promise<SqsBatchResponse>;
  (event: UrlEvent, context: LambdaContext): Promise<UrlResponse>;
}

/** Makes a function the consumer of its queues, and what its URL serves. Fails for other events, and for nothing else. */
export function entry(pushed: PushedFunction, sources: Sources): LambdaFunction {
  const consume = consumer(pushed, sources);
  // Which of the two is known of a call; of this function as a whole TypeScript cannot say it.
  return (async (event: unknown, context: LambdaContext) =>
    isUrlEvent(event) ? serve(event, pushed) : consume(event, context)) as LambdaFunction;
}

async function serve(event: UrlEvent, pushed: PushedFunction): Promise<UrlResponse> {
  try {
    const request = toRequest(event);
    return request === undefined ? empty(405) : toUrlResponse(await pushed.answer(request));
  } catch (error) {
    pushed.report(error);
    return empty(500);
  }
}

function empty(status: number): UrlResponse {
  return toUrlResponse({ status, headers: {}, cookies: [], body: new Uint8Array() });
}

function consumer(pushed: PushedFunction, sources: Sources) {
  return async (event: unknown, context: LambdaContext): Promise<SqsBatchResponse> => {
    const records = recordsOf(event);
    const failed = await Promise.all(
      bySource(records).map(([source, batch]) => handle(source, batch, context, pushed, sources)),
    );
    return {
      batchItemFailures: failed.flat().map(({ messageId: itemIdentifier }) => ({ itemIdentifier })),
    };
  };
}

/** Answers the records that stay in their queue. */
async function handle(
  source: string,
  batch: readonly SqsRecord[],
  context: LambdaContext,
  pushed: PushedFunction,
  sources: Sources,
): Promise<readonly SqsRecord[]> {
  const name = Object.hasOwn(sources, source) ? sources[source] : undefined;
  try {
    if (name === undefined) throw unknownSource(source);
    const queue = await pushed.queue(name);
    const deadline = queue.clock.now() + context.getRemainingTimeInMillis();
    return await handleBatch(batch, queue, deadline, (error) => pushed.report(error, name));
  } catch (error) {
    pushed.report(error, name);
    return batch;
  }
}

function recordsOf(event: unknown): readonly SqsRecord[] {
  // Anything can be sent to a function by hand.
  const { Records: records } = (event ?? {}) as { readonly Records?: unknown };
  if (Array.isArray(records) && records.every((record) => record?.eventSource === "aws:sqs")) {
    return records;
  }
  throw new AlienError(
    "UNSUPPORTED",
    "the event is neither one of SQS nor a request to the function's URL",
    {
      fix: "Send the message to the function's queue; to try one out: alien queue send.",
    },
  );
}

function bySource(records: readonly SqsRecord[]): [string, SqsRecord[]][] {
  const batches = new Map<string, SqsRecord[]>();
  for (const record of records) {
    const batch = batches.get(record.eventSourceARN);
    if (batch === undefined) batches.set(record.eventSourceARN, [record]);
    else batch.push(record);
  }
  return [...batches];
}

function unknownSource(source: string): AlienError {
  const text = `the function is no consumer of the queue that AWS calls ${source}`;
  return new AlienError("UNKNOWN_QUEUE", text, {
    fix: "Deploy the stack again, or remove this queue from the function's event source mappings.",
    details: { source },
  });
}
