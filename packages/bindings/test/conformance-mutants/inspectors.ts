import {
  ReferenceDriver,
  ReferenceInspector,
  type ReferenceQueue,
} from "../../conformance/index.ts";
import type { Stored } from "../../conformance/stored.ts";
import type { SettleResult } from "../../src/queue/driver.ts";
import type { ActivityEvent, InspectedMessage, InspectedPage } from "../../src/queue/inspector.ts";
import { inDriver, type Mutant } from "./mutant.ts";

/** A mutant whose fault is in what people who look are told. */
function inInspector(does: string, caughtBy: string, Inspector: typeof ReferenceInspector): Mutant {
  return inDriver(
    does,
    caughtBy,
    class extends ReferenceDriver {
      protected override inspect(queue: ReferenceQueue): ReferenceInspector {
        return new Inspector(queue);
      }
    },
  );
}

function showing(does: string, change: (message: InspectedMessage) => InspectedMessage): Mutant {
  return inInspector(
    does,
    "a message is found by its id wherever it is, with all that is known of it",
    class extends ReferenceInspector {
      override async message(id: string) {
        const message = await super.message(id);
        return message && change(message);
      }
    },
  );
}

function telling(
  does: string,
  caughtBy: string,
  change: (event: ActivityEvent) => ActivityEvent | undefined,
): Mutant {
  return inInspector(
    does,
    caughtBy,
    class extends ReferenceInspector {
      override async activity(after: string | undefined, signal: AbortSignal) {
        const { events, ...activity } = await super.activity(after, signal);
        return { ...activity, events: events.flatMap((event) => change(event) ?? []) };
      }
    },
  );
}

const HEARS =
  "whoever watches hears what becomes of each message, in order, with attempts and errors";

/** Faults in showing what is in a queue, and in letting a message go at once. */
export const inspectorMutants: readonly Mutant[] = [
  showing("forgets headers", (message) => ({ ...message, headers: { kind: "text" } })),
  showing("does not say when a lease ends", ({ leaseEndsAt: _, ...message }) => message),
  showing("does not say when a message is due", ({ dueAt: _, ...message }) => message),
  showing("does not say why the last attempt failed", ({ lastError: _, ...message }) => message),
  showing("counts no delivery that is under way", (message) =>
    message.state === "inFlight" ? { ...message, attempts: message.attempts - 1 } : message,
  ),
  showing("forgets the attempts that failed", (message) => ({ ...message, history: [] })),
  inInspector(
    "finds what is over",
    "a message that is over is not found, nor one that never was",
    class extends ReferenceInspector {
      readonly #seen = new Map<string, InspectedMessage>();

      override async message(id: string) {
        for (const stored of this.queue.waiting()) {
          this.#seen.set(stored.message.id, this.shown(stored));
        }
        const found = await super.message(id);
        return found ?? [...this.#seen.values()][0];
      }
    },
  ),
  inInspector(
    "shows delayed messages as ready",
    "messages are told apart by their state, and a look takes none",
    class extends ReferenceInspector {
      protected override shown(stored: Stored) {
        const shown = super.shown(stored);
        return { ...shown, state: shown.state === "delayed" ? "ready" : shown.state };
      }
    },
  ),
  inInspector(
    "takes what it shows",
    "messages are told apart by their state, and a look takes none",
    class extends ReferenceInspector {
      override async messages(page: InspectedPage) {
        const messages = await super.messages(page);
        if (page.state === "ready") this.queue.take(messages.length, 1_000);
        return messages;
      }
    },
  ),
  inInspector(
    "begins each page with the end of the one before",
    "pages of messages go on after an id, and have each once",
    class extends ReferenceInspector {
      override async messages({ after, ...page }: InspectedPage) {
        const all = await super.messages({ ...page, limit: 100 });
        const from = Math.max(
          0,
          all.findIndex(({ id }) => id === after),
        );
        return all.slice(from, from + page.limit);
      }
    },
  ),
  inInspector(
    "shows the oldest first, whatever its priority and time",
    "ready messages are shown in the order of delivery, delayed ones by their time",
    class extends ReferenceInspector {
      override async messages({ limit, after = "", ...page }: InspectedPage) {
        const all = await super.messages({ ...page, limit: 100 });
        const sorted = [...all].sort((a, b) => (a.id < b.id ? -1 : 1));
        return sorted.filter(({ id }) => id > after).slice(0, limit);
      }
    },
  ),
  inInspector(
    "tells nobody of what it expedites",
    "a delayed message that is expedited is delivered at once, to whoever waits",
    class extends ReferenceInspector {
      override async expedite(id: string): Promise<SettleResult> {
        const stored = this.queue.waiting().find(({ message }) => message.id === id);
        if (stored !== undefined) stored.dueAt = this.queue.clock.now();
        return { ok: true, applied: stored !== undefined };
      }
    },
  ),
  inInspector(
    "counts from the beginning what it expedites",
    "a message that is expedited before its retry keeps its attempts",
    class extends ReferenceInspector {
      override async expedite(id: string) {
        const stored = this.queue.waiting().find(({ message }) => message.id === id);
        if (stored !== undefined) stored.attempts = 0;
        return super.expedite(id);
      }
    },
  ),
  inInspector(
    "takes back what is on loan to expedite it",
    "expediting changes nothing that is not delayed",
    class extends ReferenceInspector {
      override async expedite(id: string) {
        const stored = this.queue.waiting().find(({ message }) => message.id === id);
        if (stored?.loan === undefined) return super.expedite(id);
        stored.loan = undefined;
        return { ok: true, applied: true } as const;
      }
    },
  ),
  inInspector(
    "puts what it expedites behind its group",
    "an expedited message of a group comes before those behind it",
    class extends ReferenceInspector {
      override async expedite(id: string) {
        const stored = this.queue.waiting().find(({ message }) => message.id === id);
        if (stored !== undefined) stored.place += 1_000;
        return super.expedite(id);
      }
    },
  ),
  inInspector(
    "gives what it expedites whatever its key has on loan",
    "an expedited message obeys the limit of its key",
    class extends ReferenceInspector {
      override async expedite(id: string) {
        const stored = this.queue.waiting().find(({ message }) => message.id === id);
        if (stored !== undefined) {
          const { concurrency: _, ...message } = stored.message;
          Object.assign(stored, { message });
        }
        return super.expedite(id);
      }
    },
  ),
  inInspector(
    "shows groups in the order of their names",
    "a group that is held up says by which message, and comes first",
    class extends ReferenceInspector {
      override async groups(limit: number) {
        const groups = await super.groups(limit);
        return [...groups].sort((a, b) => (a.group < b.group ? -1 : 1));
      }
    },
  ),
  inInspector(
    "counts what is on loan of a key among what waits",
    "concurrency keys in use say how many are on loan and wait, the fullest first",
    class extends ReferenceInspector {
      override async keys(limit: number) {
        const keys = await super.keys(limit);
        return keys.map((key) => ({ ...key, waiting: key.waiting + key.inFlight }));
      }
    },
  ),
  inInspector(
    "does not say who waits",
    "who takes, or has taken and not settled, is told with how many",
    class extends ReferenceInspector {
      override async consumers() {
        const consumers = await super.consumers();
        return consumers.map((consumer) => ({ ...consumer, waiting: false }));
      }
    },
  ),
  telling("does not tell of deliveries", HEARS, (event) =>
    event.type === "taken" ? undefined : event,
  ),
  telling("does not say why an attempt failed", HEARS, ({ error: _, ...event }) => event),
  telling("does not say how long a message waited", HEARS, ({ waitedMs: _, ...event }) => event),
  telling("tells of a redriven message as one that was sent", HEARS, (event) =>
    event.type === "redriven" ? { ...event, type: "sent" } : event,
  ),
  telling(
    "tells of leases that end as of retries",
    "whoever watches hears of leases that end and of dead letters that are discarded",
    (event) => (event.type === "expired" ? { ...event, type: "retried" } : event),
  ),
  inInspector(
    "tells each watch all there was",
    "a watch goes on after its cursor: nothing is told twice or left out",
    class extends ReferenceInspector {
      override activity(_: string | undefined, signal: AbortSignal) {
        return super.activity("0", signal);
      }
    },
  ),
  inInspector(
    "leaves out what happens between two watches",
    "a watch goes on after its cursor: nothing is told twice or left out",
    class extends ReferenceInspector {
      override activity(_: string | undefined, signal: AbortSignal) {
        return super.activity(undefined, signal);
      }
    },
  ),
  inInspector(
    "answers a watch at once, with nothing",
    "a watch waits for something to happen, and ends with its signal",
    class extends ReferenceInspector {
      override async activity() {
        return { cursor: "0", events: [], skipped: 0 };
      }
    },
  ),
];
