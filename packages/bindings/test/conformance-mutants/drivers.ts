import { ReferenceDriver, type Taking } from "../../conformance/index.ts";
import type {
  Delivery,
  Headers,
  Outgoing,
  SendResult,
  Settlement,
  SettleResult,
} from "../../src/queue/driver.ts";
import type { PeekOptions } from "../../src/queue/operator.ts";
import { inDriver, type Mutant } from "./mutant.ts";

/** Faults in what a driver passes on: kinds, attributes, batches, results, aborts. */
export const driverMutants: readonly Mutant[] = [
  inDriver(
    "guesses the kind",
    'text "123" comes back as text "123"',
    class extends ReferenceDriver {
      override send(messages: readonly Outgoing[]) {
        const guess = (body: string): Headers["kind"] => {
          try {
            JSON.parse(body);
            return "json";
          } catch {
            return "text"; // that is the guess
          }
        };
        return super.send(
          messages.map((message) => ({
            ...message,
            headers: { ...message.headers, kind: guess(message.body) },
          })),
        );
      }
    },
  ),
  inDriver(
    "drops attributes",
    "ten attributes come back as they were sent",
    class extends ReferenceDriver {
      override send(messages: readonly Outgoing[]) {
        return super.send(
          messages.map((message) => ({ ...message, headers: { kind: message.headers.kind } })),
        );
      }
    },
  ),
  inDriver(
    "chooses ids of its own and answers those of the client",
    "send answers the id that the message arrives under, not deduplicated",
    class extends ReferenceDriver {
      override async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        await super.send(messages.map((message) => ({ ...message, id: `${message.id}x` })));
        return messages.map(({ id }) => ({ ok: true, id, deduplicated: false }));
      }
    },
  ),
  inDriver(
    "loses a partial failure",
    "a driver says of each message of a batch, in its own place, whether it was sent",
    class extends ReferenceDriver {
      override async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        const results = await super.send(messages);
        return results.map((result, index) => ({
          ok: true,
          id: result.ok ? result.id : (messages[index]?.id ?? ""),
          deduplicated: false,
        }));
      }
    },
  ),
  inDriver(
    "fails a whole batch for one message",
    "a driver says of each message of a batch, in its own place, whether it was sent",
    class extends ReferenceDriver {
      override async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        const limit = this.capabilities.max.message;
        const tooLarge = messages.find((message) => this.sizeOf(message) > limit);
        if (tooLarge === undefined) return super.send(messages);
        const [refused] = await super.send([tooLarge]);
        return messages.flatMap(() => refused ?? []);
      }
    },
  ),
  inDriver(
    "answers a send out of order",
    "a batch longer than the platform's is sent whole, one result per message, in order",
    class extends ReferenceDriver {
      override async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        return (await super.send(messages)).toReversed();
      }
    },
  ),
  inDriver(
    "loses the last of a batch",
    "a batch longer than the platform's is sent whole, one result per message, in order",
    class extends ReferenceDriver {
      override async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        const last = messages.at(-1);
        if (messages.length === 1 || last === undefined) return super.send(messages);
        const results = await super.send(messages.slice(0, -1));
        return [...results, { ok: true, id: last.id, deduplicated: false }];
      }
    },
  ),
  inDriver(
    "cuts a long message",
    "a message of exactly the largest size is sent and comes back whole",
    class extends ReferenceDriver {
      override send(messages: readonly Outgoing[]) {
        return super.send(messages.map((one) => ({ ...one, body: one.body.slice(0, 65_000) })));
      }
    },
  ),
  inDriver(
    "gives a message to a receive that was aborted",
    "an aborted receive ends and leaves nothing on loan",
    class extends ReferenceDriver {
      protected override take(taking: Taking) {
        return super.take(taking);
      }
    },
  ),
  inDriver(
    "waits for its whole time although a message came",
    "a waiting receive ends at the first message",
    class extends ReferenceDriver {
      protected override async take(taking: Taking) {
        const { clock } = this.queue;
        const { waitMs } = taking;
        if (waitMs > 0) await new Promise<void>((resolve) => clock.schedule(waitMs, resolve));
        return super.take({ ...taking, waitMs: 0 });
      }
    },
  ),
  inDriver(
    "answers a batch of settlements out of order",
    "a batch of settlements answers each in its own place",
    class extends ReferenceDriver {
      protected override async settle(batch: readonly Settlement[]) {
        const results = await super.settle(batch);
        return [...results.slice(1), ...results.slice(0, 1)];
      }
    },
  ),
  inDriver(
    "acks the whole batch when one is acked",
    "acking one message leaves the others on loan",
    class extends ReferenceDriver {
      readonly #taken: Delivery[] = [];
      protected override async take(taking: Taking) {
        const taken = await super.take(taking);
        this.#taken.push(...taken);
        return taken;
      }
      protected override settle(batch: readonly Settlement[]) {
        const ack = { kind: "ack" } as const;
        for (const { receipt } of this.#taken) this.queue.settle(receipt, ack);
        return super.settle(batch);
      }
    },
  ),
  inDriver(
    "says that it extends a lease and does not",
    "extend makes the lease end later",
    class extends ReferenceDriver {
      protected override async extend(deliveries: readonly Delivery[]): Promise<SettleResult[]> {
        return deliveries.map(() => ({ ok: true, applied: true }));
      }
    },
  ),
  inDriver(
    "gives up waiting at once",
    "a waiting receive ends empty when its time is over",
    class extends ReferenceDriver {
      protected override take(taking: Taking) {
        return super.take({ ...taking, waitMs: 0 });
      }
    },
  ),
  inDriver(
    "gives more messages than were asked for",
    "receive gives one message unless asked for more, and never more than asked for",
    class extends ReferenceDriver {
      protected override take(taking: Taking) {
        return super.take({ ...taking, max: taking.max + 1 });
      }
    },
  ),
  inDriver(
    "starts every page of a peek from the front",
    "peek shows what is delayed and its time, and goes on after an id",
    class extends ReferenceDriver {
      override peek({ limit }: PeekOptions) {
        return super.peek({ limit });
      }
    },
  ),
];
