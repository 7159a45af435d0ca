import { AlienError } from "@alienplatform/core";
import type { Clock } from "../clock.ts";
import type { Outgoing, SendResult } from "../queue/driver.ts";
import { type JobRecord, pendingRecord } from "./job-record.ts";
import type { JobRecords, StoredJob } from "./job-records.ts";

/** What became of writing one record. */
type Recorded = { readonly stored: StoredJob | undefined } | { readonly error: AlienError };

/**
 * Sends a batch whose records are written before: whoever has an id finds a job. `send` gets which of the messages are to
 * be sent; what has no record is not, and the record of what was refused for good is taken back.
 */
export async function sendRecorded(
  messages: readonly Outgoing[],
  records: JobRecords,
  clock: Clock,
  send: (wanted: readonly boolean[]) => Promise<readonly SendResult[]>,
): Promise<readonly SendResult[]> {
  const recorded = await Promise.all(messages.map((one) => record(one, records, clock)));
  const wanted = recorded.map((one) => !("error" in one));
  const results = wanted.includes(true) ? (await send(wanted)).values() : [].values();
  const answers = recorded.map((one): SendResult => {
    if ("error" in one) return { ok: false, error: one.error };
    return results.next().value ?? noAnswer();
  });
  await Promise.all(
    answers.map(async (answer, index) => {
      const one = recorded[index];
      if (one === undefined || "error" in one || one.stored === undefined) return;
      if (answer.ok || answer.error.retryable || answer.error.code === "ABORTED") return;
      // Its time comes by itself where that fails.
      await records.remove(one.stored.record.id, one.stored).catch(() => undefined);
    }),
  );
  return answers;
}

async function record(message: Outgoing, records: JobRecords, clock: Clock): Promise<Recorded> {
  const pending: JobRecord = pendingRecord(message, clock.now());
  try {
    // One that is there is of the same message: a send that is repeated, or one that was redriven.
    let written = false;
    const change = (known: JobRecord | undefined) => {
      written = known === undefined;
      return written ? pending : undefined;
    };
    const stored = await records.change(message.id, change, "none");
    return { stored: written ? stored : undefined };
  } catch (error) {
    if (error instanceof AlienError) return { error };
    throw error;
  }
}

function noAnswer(): SendResult {
  const error = new AlienError("DRIVER_FAILED", "the driver answered too little");
  return { ok: false, error };
}
