import type { SettleResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { SETTLE_BYTES } from "../capabilities.ts";
import { refusedIds, statusOf, thrownError } from "../errors.ts";
import { status } from "../status.ts";
import type { PubSubQueue } from "./pubsub-queue.ts";

/** Length and tag of one id on the wire. */
const FRAME_BYTES = 4;
/** The subscription's path and the rest of the request. */
const REQUEST_BYTES = 1_024;

/** The loans of one queue, by acknowledgement id; one result per id, in order. */
export class Loans {
  readonly #queue: PubSubQueue;

  constructor(queue: PubSubQueue) {
    this.#queue = queue;
  }

  /** Acknowledges: the messages are gone. */
  end(ackIds: readonly string[], signal?: AbortSignal): Promise<readonly SettleResult[]> {
    const { client, subscription, name } = this.#queue;
    return each(ackIds, `acknowledging messages of "${name}"`, (ids) =>
      client.acknowledge(subscription, ids, { signal }),
    );
  }

  /** Makes them end so many seconds from now; 0 gives the messages back at once. */
  lend(
    ackIds: readonly string[],
    seconds: number,
    signal?: AbortSignal,
  ): Promise<readonly SettleResult[]> {
    const { client, subscription, name } = this.#queue;
    return each(ackIds, `changing leases of "${name}"`, (ids) =>
      client.modifyAckDeadline(subscription, ids, seconds, { signal }),
    );
  }
}

/** In as few requests as possible; never rejects. */
async function each(
  ackIds: readonly string[],
  doing: string,
  call: (ackIds: readonly string[]) => Promise<void>,
): Promise<readonly SettleResult[]> {
  const some = async (ids: readonly string[]): Promise<readonly SettleResult[]> => {
    try {
      await call(ids);
      return ids.map(() => ACCEPTED);
    } catch (thrown) {
      const refused = refusedIds(thrown);
      // Those that an exactly-once subscription does not name are done.
      if (refused.size > 0) return ids.map((id) => resultOf(refused.get(id), doing, thrown));
      const invalid = statusOf(thrown) === status.INVALID_ARGUMENT;
      // One id that is none refuses the whole request: the others are tried without it.
      if (invalid && ids.length > 1) return (await Promise.all(ids.map((id) => some([id])))).flat();
      const error = invalid ? expired(thrown) : thrownError(doing, thrown);
      return ids.map(() => ({ ok: false, error }));
    }
  };
  return (await Promise.all(chunks(ackIds).map(some))).flat();
}

/** Only an exactly-once subscription says more. */
const ACCEPTED: SettleResult = { ok: true, applied: "unknown" };

function resultOf(reason: string | undefined, doing: string, cause: unknown): SettleResult {
  if (reason === undefined) return { ok: true, applied: true };
  if (!reason.startsWith("TRANSIENT_")) return { ok: false, error: expired(cause) };
  const error = new AlienError("SERVICE_UNAVAILABLE", `${doing} failed: ${reason}`, {
    fix: "Try again.",
    retryable: true,
    cause,
  });
  return { ok: false, error };
}

function expired(cause: unknown): AlienError {
  return new AlienError("RECEIPT_EXPIRED", "Pub/Sub does not know this receipt, or not any more", {
    fix: "Do nothing: the message comes back, or is gone. A longer .lease() makes this rarer.",
    cause,
  });
}

function chunks(ackIds: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const id of ackIds) {
    bytes += id.length + FRAME_BYTES;
    if (bytes > SETTLE_BYTES - REQUEST_BYTES) {
      all.push([]);
      bytes = id.length + FRAME_BYTES;
    }
    all.at(-1)?.push(id);
  }
  return all;
}
