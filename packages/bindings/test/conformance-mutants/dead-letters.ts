import { ReferenceDriver, ReferenceQueue } from "../../conformance/index.ts";
import type { Loan } from "../../conformance/stored.ts";
import type { Attempt } from "../../src/queue/attempt.ts";
import type { DeadLetter, DeadLetterQuery, DeadLetterSweep } from "../../src/queue/dead-letter.ts";
import type {
  Failure,
  Headers,
  Outgoing,
  SendResult,
  SettleResult,
} from "../../src/queue/driver.ts";
import { inDriver, inQueue, type Mutant } from "./mutant.ts";

/** Faults in what is kept of attempts, and in what is decided about dead letters. */
export const deadLetterMutants: readonly Mutant[] = [
  inQueue(
    "counts kept attempts from 0",
    "each failed delivery is kept with its number, its times and its reason",
    class extends ReferenceQueue {
      protected override record(loan: Loan, outcome: "FAILED" | "EXPIRED", error: Failure): void {
        super.record(loan, outcome, error);
        const last = loan.stored.history.pop();
        if (last !== undefined) loan.stored.history.push({ ...last, number: last.number - 1 });
      }
    },
  ),
  inQueue(
    "takes the end of an attempt for its start",
    "each failed delivery is kept with its number, its times and its reason",
    class extends ReferenceQueue {
      protected override record(loan: Loan, outcome: "FAILED" | "EXPIRED", error: Failure): void {
        super.record({ ...loan, startedAt: this.clock.now() }, outcome, error);
      }
    },
  ),
  inQueue(
    "keeps an expired delivery as a failed one",
    "a delivery whose lease ended is kept as EXPIRED, with the code LEASE_EXPIRED",
    class extends ReferenceQueue {
      protected override record(loan: Loan, _: "FAILED" | "EXPIRED", error: Failure): void {
        super.record(loan, "FAILED", error);
      }
    },
  ),
  inQueue(
    "forgets when a letter was redriven",
    "the attempts of before a redrive stay visible, and are counted from 1 again",
    class extends ReferenceQueue {
      protected override enqueue(
        message: Outgoing,
        dueAt: number,
        history: readonly Attempt[] = [],
      ): void {
        const forgotten = history.map(({ redrivenAt: _, ...attempt }) => attempt);
        super.enqueue(message, dueAt, forgotten);
      }
    },
  ),
  inQueue(
    "keeps a release as a failed attempt",
    "a release adds nothing to the attempts, and loses none of them",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Parameters<ReferenceQueue["settle"]>[1]) {
        const loan = this.loans.get(receipt);
        if (loan !== undefined && outcome.kind === "release") {
          this.record(loan, "FAILED", { code: "RELEASED", message: "released" });
        }
        return super.settle(receipt, outcome);
      }
    },
  ),
  inQueue(
    "forgets the attempts at a release",
    "a release adds nothing to the attempts, and loses none of them",
    class extends ReferenceQueue {
      override settle(receipt: string, outcome: Parameters<ReferenceQueue["settle"]>[1]) {
        if (outcome.kind === "release") this.loans.get(receipt)?.stored.history.splice(0);
        return super.settle(receipt, outcome);
      }
    },
  ),
  inQueue(
    "forgets the attempts at a redrive",
    "the attempts of before a redrive stay visible, and are counted from 1 again",
    class extends ReferenceQueue {
      override redrive(id: string, to?: ReferenceQueue): SettleResult {
        const result = super.redrive(id, to);
        for (const { message, history } of this.messages) if (message.id === id) history.splice(0);
        return result;
      }
    },
  ),
  inQueue(
    "keeps the first hundred attempts",
    "of very many attempts the last hundred are kept",
    class extends ReferenceQueue {
      protected override record(loan: Loan, outcome: "FAILED" | "EXPIRED", error: Failure): void {
        if (loan.stored.history.length < 100) super.record(loan, outcome, error);
      }
    },
  ),
  inQueue(
    "keeps every reason whole",
    "the last reason is kept whole, those of before are kept short",
    class extends ReferenceQueue {
      protected override record(loan: Loan, outcome: "FAILED" | "EXPIRED", error: Failure): void {
        super.record(loan, outcome, error);
        const last = loan.stored.history.pop();
        if (last !== undefined) loan.stored.history.push({ ...last, error });
      }
    },
  ),
  listing(
    "finds a code by its beginning",
    "dead letters are found by their code",
    (letter, query) =>
      query.filter?.code === undefined || letter.error.code.startsWith(query.filter.code),
  ),
  listing(
    "minds the case of an error's text",
    "dead letters are found by a part of their error, whatever the case",
    (letter, { filter }) => letter.error.message.includes(filter?.error ?? ""),
  ),
  listing(
    "takes the first line of an error for a part of it",
    "dead letters are found by a part of their error, whatever the case",
    ({ error }, { filter: { error: part = "", firstLine = "" } = {} }) =>
      error.message.toLowerCase().includes(part) && error.message.includes(firstLine),
  ),
  listing(
    "asks for the age of the message, not of its death",
    "dead letters are found by how long they are dead",
    (letter, { filter }) => filter?.diedBy === undefined || letter.deadAt >= filter.diedBy,
  ),
  listing(
    "looks for a field on the surface only",
    "dead letters are found by a field of their payload, also inside arrays",
    ({ body }, { filter }) =>
      filter?.field === undefined || String(body).includes(`"${filter.field.path}"`),
  ),
  listing(
    "rounds big numbers",
    "big numbers of a payload are compared exactly",
    ({ body }, { filter }) =>
      filter?.field === undefined || JSON.parse(String(body)).n === Number(filter.field.equals),
  ),
  inDriver(
    "applies a filter after it has cut the page",
    "a filtered list goes on in pages, also after letters that are gone",
    class extends ReferenceDriver {
      override async deadLetters({ filter, ...query }: DeadLetterQuery) {
        const letters = await super.deadLetters(query);
        return letters.filter(({ error }) => error.message.includes(filter?.error ?? ""));
      }
    },
  ),
  inDriver(
    "gives the first dead letter whatever the id",
    "a dead letter is found by its id",
    class extends ReferenceDriver {
      override async deadLetter(): Promise<DeadLetter | undefined> {
        return this.queue.letters.all()[0];
      }
    },
  ),
  inDriver(
    "loses the attributes at an edit",
    "an edited dead letter is redriven with its new payload, and nothing else is changed",
    class extends ReferenceDriver {
      override async editDeadLetter(id: string, change: { body: string; kind: Headers["kind"] }) {
        for (const letter of this.queue.letters.take(id)) {
          this.queue.letters.add({ ...letter, body: change.body, headers: { kind: change.kind } });
        }
        return { ok: true, applied: true } as const;
      }
    },
  ),
  inDriver(
    "keeps the old kind at an edit",
    "an edited dead letter is redriven with its new payload, and nothing else is changed",
    class extends ReferenceDriver {
      override editDeadLetter(id: string, { body }: { body: string; kind: Headers["kind"] }) {
        return super.editDeadLetter(id, { body, kind: "json" });
      }
    },
  ),
  inDriver(
    "edits without looking at the size",
    "an edit that is too large is refused and changes nothing; one of nothing does nothing",
    class extends ReferenceDriver {
      override async editDeadLetter(id: string, change: { body: string; kind: Headers["kind"] }) {
        return this.queue.letters.edit(id, change);
      }
    },
  ),
  inDriver(
    "redrives to the source whatever is named",
    "a dead letter redriven to another queue is there, under its own id, and nowhere else",
    class extends ReferenceDriver {
      override redrive(ids: readonly string[]) {
        return super.redrive(ids);
      }
    },
  ),
  inQueue(
    "leaves a copy where a dead letter was redriven from",
    "a dead letter redriven to another queue is there, under its own id, and nowhere else",
    class extends ReferenceQueue {
      override redrive(id: string, to?: ReferenceQueue): SettleResult {
        const letter = this.letters.get(id);
        const result = super.redrive(id, to);
        if (letter !== undefined) this.letters.add(letter);
        return result;
      }
    },
  ),
  inDriver(
    "drops what it redrives to a queue that is not there",
    "a redrive to a queue that is not there is UNKNOWN_QUEUE, and moves nothing",
    class extends ReferenceDriver {
      override async redrive(ids: readonly string[], options: { readonly to?: string } = {}) {
        const known = options.to === undefined || this.queue.siblings.has(options.to);
        if (!known) await this.discard(ids);
        return super.redrive(ids, options);
      }
    },
  ),
  importing(
    "forgets the attempts of what it takes in",
    "dead letters that are taken out come in as they were",
    (letter) => ({ ...letter, history: [] }),
  ),
  importing(
    "takes everything in as dead just now",
    "taking dead letters in twice keeps each once",
    (letter, now) => ({ ...letter, deadAt: now + 1 }),
  ),
  inDriver(
    "sweeps all whatever is meant",
    "a sweep meets each dead letter once, and does what is asked to those that are meant",
    class extends ReferenceDriver {
      override sweep(sweep: DeadLetterSweep) {
        return super.sweep({ ...sweep, filter: { diedBy: sweep.filter.diedBy } });
      }
    },
  ),
  inDriver(
    "takes away what a sweep only shows",
    "a sweep meets each dead letter once, and does what is asked to those that are meant",
    class extends ReferenceDriver {
      override sweep(sweep: DeadLetterSweep) {
        return super.sweep({ ...sweep, act: sweep.act === "show" ? "discard" : sweep.act });
      }
    },
  ),
  inQueue(
    "loses the priority of a redriven message",
    "a priority survives death and redrive",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        const result = super.redrive(id);
        this.messages = this.messages.map((stored) => {
          const { priority: _, ...message } = stored.message;
          return { ...stored, message };
        });
        return result;
      }
    },
  ),
  inQueue(
    "gives a redriven message its old place in the group",
    "a group survives death and redrive",
    class extends ReferenceQueue {
      override redrive(id: string): SettleResult {
        const result = super.redrive(id);
        for (const stored of this.messages) if (stored.message.id === id) stored.place = -1;
        return result;
      }
    },
  ),
];

/** A list that takes this for the filter. */
function listing(
  does: string,
  caughtBy: string,
  matches: (letter: DeadLetter, query: DeadLetterQuery) => boolean,
): Mutant {
  return inDriver(
    does,
    caughtBy,
    class extends ReferenceDriver {
      override async deadLetters(query: DeadLetterQuery) {
        return this.queue.letters.all().filter((letter) => matches(letter, query));
      }
    },
  );
}

/** An import that changes what it takes in. */
function importing(
  does: string,
  caughtBy: string,
  change: (letter: DeadLetter, now: number) => DeadLetter,
): Mutant {
  return inQueue(
    does,
    caughtBy,
    class extends ReferenceQueue {
      override import(letter: DeadLetter): SendResult {
        return super.import(change(letter, this.clock.now()));
      }
    },
  );
}
