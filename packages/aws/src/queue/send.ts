import { SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { LARGEST_BYTES } from "../capabilities.ts";
import { callOptions } from "../client.ts";
import { callBatch, type EntryError } from "./batch-call.ts";
import type { Entry } from "./message.ts";

const MOST_ENTRIES = 10;

/** Where entries go. */
export interface Target {
  readonly url: string;
  /** What is being done, as an error names it. */
  readonly doing: string;
}

/**
 * Sends entries in their order, in as many calls as their number and bytes need. To a FIFO queue nothing goes after a
 * call that failed: it would overtake.
 */
export async function sendEntries(
  sqs: SQSClient,
  { url, doing }: Target,
  entries: readonly Entry[],
  signal?: AbortSignal,
): Promise<readonly EntryError[]> {
  const errors: EntryError[] = [];
  for (const batch of batches(entries)) {
    const command = new SendMessageBatchCommand({
      QueueUrl: url,
      Entries: batch.map(({ content }, index) => ({ ...content, Id: String(index) })),
    });
    errors.push(
      ...(await callBatch(doing, batch.length, () => sqs.send(command, callOptions(signal)))),
    );
    const failed = errors.at(-1);
    if (failed !== undefined && entries[0]?.content.MessageGroupId !== undefined) break;
  }
  const last = errors.at(-1);
  return entries.map((_, index) => (index < errors.length ? errors[index] : last));
}

function* batches(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let batch: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch.length >= MOST_ENTRIES || bytes + entry.bytes > LARGEST_BYTES) {
      if (batch.length > 0) yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(entry);
    bytes += entry.bytes;
  }
  if (batch.length > 0) yield batch;
}
