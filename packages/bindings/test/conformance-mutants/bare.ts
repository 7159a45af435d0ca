import { AlienError } from "@alienplatform/core";
import type { ReferenceQueue } from "../../conformance/index.ts";
import type {
  Death,
  Delivery,
  Failure,
  Outgoing,
  ReceiveOptions,
  Receiver,
  SendResult,
  Settlement,
  SettleResult,
} from "../../src/queue/driver.ts";
import { BareDriver, barestCapabilities } from "../conformance-bare/bare-driver.ts";
import { type BareMutant, copying, faulty, taking } from "./bare-mutant.ts";

/** Faults in what stands between the contract and a service that does not count or keep records. */
export const bareMutants: readonly BareMutant[] = [
  faulty(
    "hides from the portable layer that a message is beyond its budget",
    "the lease expiry after the last attempt goes to the dead letters as LEASE_EXPIRED",
    class extends BareDriver {
      override async open(options: ReceiveOptions): Promise<Receiver> {
        return taking(await super.open(options), (delivery) => ({ ...delivery, attempt: 1 }));
      }
    },
  ),
  faulty(
    "buries a message with the count of the delivery that was too many",
    "the lease expiry after the last attempt goes to the dead letters as LEASE_EXPIRED",
    class extends BareDriver {
      protected override bury(delivery: Delivery, error: Failure): SettleResult {
        const expired = error.code === "LEASE_EXPIRED";
        const attempt = delivery.attempt + (expired ? 1 : 0);
        return super.bury({ ...delivery, attempt }, error);
      }
    },
  ),
  faulty(
    "counts a message's own budget in the queue of the dead letters too",
    "what fails for good in the declared queue as well is among its own dead letters",
    class extends BareDriver {
      protected override bury(delivery: Delivery, error: Failure): SettleResult {
        // As a message that was never dead looks to the portable layer.
        const { dead: _, ...headers } = delivery.headers;
        return super.bury({ ...delivery, headers }, error);
      }
      override async open(options: ReceiveOptions): Promise<Receiver> {
        return taking(await super.open(options), (delivery) => {
          const { dead: _, ...headers } = delivery.headers;
          return { ...delivery, headers };
        });
      }
    },
  ),
  faulty(
    "forgets what was given back after a look",
    "redriving one dead letter leaves the others",
    class extends BareDriver {
      protected override settle(settlement: Settlement): SettleResult {
        if (settlement.outcome.kind !== "release") return super.settle(settlement);
        return { ok: true, applied: true };
      }
    },
  ),
  faulty(
    "takes a redriven message for a duplicate of its first send",
    "a redriven message keeps its id and has a fresh budget",
    class extends BareDriver {
      override send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        const known = sent.get(this.given.service) ?? new Set();
        sent.set(this.given.service, known);
        const fresh = messages.filter(({ id }) => !known.has(id));
        for (const { id } of messages) known.add(id);
        return super.send(fresh).then(() => messages.map(({ id }) => ({ ...TAKEN, id })));
      }
    },
  ),
  copying(
    "redrives a message with the death that it died",
    "a redriven message keeps its id and has a fresh budget",
    (message) => ({ ...message, headers: { ...message.headers, dead: DEATH } }),
  ),
  copying(
    "redrives a message under a new id",
    "a redriven message keeps its id and has a fresh budget",
    (message) => ({ ...message, id: "0".repeat(26) }),
  ),
  copying(
    "counts on where a redriven message had died",
    "a redriven message keeps its id and has a fresh budget",
    (message) => ({ ...message, attempt: 3 }),
  ),
  copying(
    "redrives a message without its group",
    "a group survives death and redrive",
    (message) => {
      const { group: _, ...others } = message;
      return others;
    },
  ),
  faulty(
    "sees the first few dead letters only",
    "dead letters are listed in pages",
    class extends BareDriver {
      override async open(options: ReceiveOptions): Promise<Receiver> {
        const receiver = await super.open(options);
        let takes = 0;
        return { ...receiver, take: async () => (takes++ > 0 ? [] : receiver.take(1, 0)) };
      }
    },
  ),
  faulty(
    "puts a copy among the dead letters and leaves the message",
    "a dead-lettered message is not delivered again",
    class extends BareDriver {
      protected override bury(delivery: Delivery, error: Failure): SettleResult {
        super.bury({ ...delivery, receipt: "" }, error);
        return { ok: true, applied: true };
      }
    },
  ),
  faulty(
    "has no room left for why the largest message died",
    "a message of exactly the largest size can die and be redriven",
    class extends BareDriver {
      protected override bury(delivery: Delivery, error: Failure): SettleResult {
        const { max } = this.capabilities;
        const size = this.sizeOf({ ...delivery, body: String(delivery.body) });
        const full = size + error.message.length > max.message;
        return full
          ? { ok: false, error: new AlienError("MESSAGE_TOO_LARGE", "") }
          : super.bury(delivery, error);
      }
    },
  ),
  faulty(
    "keeps dead letters of a group in their order, one on loan at a time",
    "all dead letters of a group are listed, and one of them can be redriven alone",
    class extends BareDriver {
      override async open(options: ReceiveOptions): Promise<Receiver> {
        const receiver = await super.open(options);
        const groups = new Set<string>();
        const free = ({ group }: Delivery) => {
          const first = group === undefined || this.given.dead !== undefined || !groups.has(group);
          if (group !== undefined) groups.add(group);
          return first;
        };
        const take: Receiver["take"] = async (...how) => (await receiver.take(...how)).filter(free);
        return { ...receiver, take };
      }
    },
  ),
  faulty(
    "counts a republished message from 1 again",
    "retries wait 1, 2, 4, 8 and 16 seconds",
    class extends BareDriver {
      protected override republish(delivery: Delivery, delayMs: number): SettleResult {
        return super.republish({ ...delivery, attempt: 0 }, delayMs);
      }
    },
    { republishes: true },
  ),
  faulty(
    "republishes a message as often as its nack is repeated",
    "a nack that is repeated brings the message back once",
    class extends BareDriver {
      // So that the portable layer does not remember what became of a receipt.
      override readonly capabilities = { ...barestCapabilities, receipts: "anywhere" } as const;
    },
    { republishes: true },
  ),
  faulty(
    "says that it lends for longer than it does",
    "a lease longer than the platform's own loan is kept as long as its handler runs",
    class extends BareDriver {
      override async open(options: ReceiveOptions): Promise<Receiver> {
        const shorter = await super.open({ ...options, leaseMs: options.leaseMs / 3 });
        return taking(shorter, ({ leaseUntil: _, ...delivery }) => delivery);
      }
    },
  ),
];

const sent = new WeakMap<ReferenceQueue, Set<string>>();
const TAKEN = { ok: true, deduplicated: false } as const;
const DEATH: Death = {
  source: "tasks",
  attempts: 3,
  deadAt: 0,
  error: { code: "Error", message: "smtp down" },
};
