import type {
  Delivery,
  QueueDriver,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
} from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Mistake } from "./run-seed.ts";

type Refused = { readonly ok: false; readonly error: AlienError };

/** What is made wrong of a driver's calls. */
interface Change {
  readonly send?: (driver: QueueDriver) => QueueDriver["send"];
  readonly take?: (taken: readonly Delivery[]) => readonly Delivery[];
  readonly settle?: (settle: Receiver["settle"]) => Receiver["settle"];
}

/** Mistakes that drivers have shipped, planted one at a time; a campaign has to notice each. */
export const planted: Readonly<Record<string, Mistake>> = {
  "a batch that failed in part counts as sent": changed({
    send: (driver) => async (messages, signal) => {
      const results = await driver.send(messages, signal);
      const sent = results.some(({ ok }) => ok);
      return results.map((result, index) => {
        const { id = "" } = messages[index] ?? {};
        return sent && !result.ok ? { ok: true, id, deduplicated: false } : result;
      });
    },
  }),
  "a batch that failed in part counts as failed": changed({
    send: (driver) => async (messages, signal) => {
      const results = await driver.send(messages, signal);
      const failure = results.find((result): result is Refused => !result.ok);
      return results.map((result): SendResult => failure ?? result);
    },
  }),
  "results come in another order than the messages": changed({
    send: (driver) => async (messages, signal) => {
      const results = await driver.send(messages, signal);
      const refused = results.filter(({ ok }) => !ok).values();
      const failures = results.map(({ ok }) => ok).reverse();
      return messages.map(
        ({ id }, index): SendResult =>
          failures[index]
            ? { ok: true, id, deduplicated: false }
            : (refused.next().value ?? { ok: true, id, deduplicated: false }),
      );
    },
  }),
  "a send that is repeated has a new id": changed({
    send: (driver) => {
      const seen = new Set<string>();
      return (messages, signal) =>
        driver.send(
          messages.map((message) => {
            const again = seen.has(message.id);
            seen.add(message.id);
            return again ? { ...message, id: `${message.id.slice(0, -1)}x` } : message;
          }),
          signal,
        );
    },
  }),
  "an acknowledgement that failed counts as done": changed({
    settle: (settle) => async (batch, signal) => {
      const results = await settle(batch, signal);
      return results.map((): SettleResult => ({ ok: true, applied: true }));
    },
  }),
  "a dead letter is deleted and not kept": changed({
    settle: (settle) => (batch, signal) =>
      settle(
        batch.map(
          ({ delivery, outcome }): Settlement =>
            outcome.kind === "deadLetter"
              ? { delivery, outcome: { kind: "ack" } }
              : { delivery, outcome },
        ),
        signal,
      ),
  }),
  "a retry that waits is removed and not stored": changed({
    settle: (settle) => (batch, signal) =>
      settle(
        batch.map(
          ({ delivery, outcome }): Settlement =>
            outcome.kind === "retry" && outcome.delayMs > 0
              ? { delivery, outcome: { kind: "ack" } }
              : { delivery, outcome },
        ),
        signal,
      ),
  }),
  "an outcome that was refused counts as done when it is asked for again": changed({
    settle: (settle) => {
      const refused = new Set<string>();
      return async (batch, signal) => {
        const left = batch.filter(({ delivery }) => !refused.has(delivery.receipt));
        const results = (await settle(left, signal)).values();
        return batch.map(({ delivery }): SettleResult => {
          if (refused.has(delivery.receipt)) return { ok: true, applied: "unknown" };
          const result = results.next().value;
          if (result === undefined) throw new TypeError("an outcome was not answered");
          if (!result.ok && result.error.retryable) refused.add(delivery.receipt);
          return result;
        });
      };
    },
  }),
  "every delivery is the first": changed({
    take: (taken) => taken.map((delivery) => ({ ...delivery, attempt: 1 })),
  }),
  "a message is handed out twice": changed({
    take: (taken) => taken.flatMap((delivery) => [delivery, delivery]),
  }),
  "throttling is for ever": told(({ code, retryable }) => ({
    code,
    retryable: retryable && code !== "THROTTLED",
  })),
  "a service that is away is a mistake of ours": told(({ code, retryable }) =>
    code === "SERVICE_UNAVAILABLE"
      ? { code: "DRIVER_FAILED", retryable: false }
      : { code, retryable },
  ),
};

/** Where the service keeps time more exactly than a retry of the campaign waits. */
export const plantedInTime: Readonly<Record<string, Mistake>> = {
  "a retry that waits comes back at once": changed({
    settle: (settle) => (batch, signal) =>
      settle(
        batch.map(
          ({ delivery, outcome }): Settlement =>
            outcome.kind === "retry"
              ? { delivery, outcome: { ...outcome, delayMs: 0 } }
              : { delivery, outcome },
        ),
        signal,
      ),
  }),
};

function changed({ send, take, settle }: Change): Mistake {
  return (driver) => ({
    capabilities: driver.capabilities,
    sizeOf: (message) => driver.sizeOf(message),
    send: send?.(driver) ?? ((messages, signal) => driver.send(messages, signal)),
    close: () => driver.close(),
    open: async (options) => {
      const receiver = await driver.open(options);
      const settled: Receiver["settle"] = (batch, signal) => receiver.settle(batch, signal);
      return {
        take: async (...given) => {
          const taken = await receiver.take(...given);
          return take?.(taken) ?? taken;
        },
        settle: settle?.(settled) ?? settled,
        extend: (deliveries, leaseMs, signal) => receiver.extend(deliveries, leaseMs, signal),
        close: () => receiver.close(),
      };
    },
  });
}

/** Failures are told otherwise. */
function told(as: (error: AlienError) => Pick<AlienError, "code" | "retryable">): Mistake {
  const retold = <Answer extends { readonly ok: true }>(
    results: readonly (Answer | Refused)[],
  ): (Answer | Refused)[] =>
    results.map((result) => {
      if (result.ok) return result;
      const { message, fix } = result.error;
      const { code, retryable } = as(result.error);
      return {
        ok: false,
        error: new AlienError(code, message, { retryable, ...(fix && { fix }) }),
      };
    });
  return changed({
    send: (driver) => async (messages, signal) => retold(await driver.send(messages, signal)),
    settle: (settle) => async (batch, signal) => retold(await settle(batch, signal)),
  });
}
