/** A queue as plain arrays: what the engine must be indistinguishable from. */
export interface ModelMessage {
  readonly id: string;
  readonly priority: number;
  attempts: number;
  /** Undefined where it was never out and not delayed: such messages stay in the order of their sending. */
  due: number | undefined;
  /** Among messages due at once. */
  serial: number;
  readonly group: string | undefined;
  readonly concurrency: ModelKey | undefined;
  /** In a FIFO queue: its place in the group, from when it was due for the first time. */
  place: number | undefined;
  /** In a FIFO queue: it was on loan and comes before all others of its group. */
  returned: boolean;
}

export interface ModelKey {
  readonly key: string;
  readonly limit: number;
}

interface ModelLease {
  readonly receipt: string;
  readonly message: ModelMessage;
  readonly session: string | undefined;
  until: number;
  purged: boolean;
}

export class QueueModel {
  readonly #maxAttempts: number;
  waiting: ModelMessage[] = [];
  leases: ModelLease[] = [];
  readonly spent = new Map<string, string>();
  dead: ModelMessage[] = [];
  readonly #keys = new Map<string, { readonly id: string; readonly at: number }>();
  #serial = 0;
  #places = 0;
  #graceEnd: number | undefined;
  /** Who had something on loan at the last reopening. */
  #awaited = new Set<string | undefined>();

  constructor(maxAttempts: number) {
    this.#maxAttempts = maxAttempts;
  }

  send(
    id: string,
    priority: number,
    due: number | undefined,
    needs: { readonly group: string | undefined; readonly concurrency: ModelKey | undefined },
  ): void {
    const place = due === undefined ? ++this.#places : undefined;
    const serial = ++this.#serial;
    this.waiting.push({
      id,
      priority,
      attempts: 0,
      due,
      serial,
      ...needs,
      place,
      returned: false,
    });
  }

  /** How many messages of the key are on loan. */
  onLoan(key: string): number {
    return this.leases.filter(({ message }) => message.concurrency?.key === key).length;
  }

  /** Gives a place to what was delayed at send and is due now. */
  join(now: number): void {
    const joining = this.waiting.filter(
      ({ place, due }) => place === undefined && due !== undefined && due <= now,
    );
    joining.sort((a, b) => (a.due ?? 0) - (b.due ?? 0) || a.serial - b.serial);
    for (const message of joining) message.place = ++this.#places;
  }

  /** What may be taken of a FIFO queue: of each group the first, where none is on loan or waits for its retry. */
  heads(now: number): ModelMessage[] {
    const busy = new Set(this.leases.map(({ message }) => message.group));
    const heads = new Map<string | undefined, ModelMessage>();
    for (const message of this.waiting) {
      const head = heads.get(message.group);
      if (message.place === undefined || head?.returned === true) continue;
      if (head === undefined || message.returned || message.place < (head.place ?? 0)) {
        heads.set(message.group, message);
      }
    }
    return [...heads.values()].filter(
      ({ group, returned, due }) => !busy.has(group) && !(returned && (due ?? 0) > now),
    );
  }

  /** The message that a key stands for; from now on this one, where it stands for none. */
  claim(key: string, id: string, now: number): string {
    const known = this.#keys.get(key);
    if (known !== undefined && now < known.at + 86_400_000) return known.id;
    this.#keys.set(key, { id, at: now });
    return id;
  }

  /** What a take would give, in order. */
  ready(now: number): ModelMessage[] {
    const key = ({ due, serial }: ModelMessage): readonly [number, number] => [
      due ?? Infinity,
      serial,
    ];
    return this.waiting
      .filter(({ due }) => due === undefined || due <= now)
      .sort((a, b) => {
        const [dueA, serialA] = key(a);
        const [dueB, serialB] = key(b);
        if (a.priority !== b.priority) return b.priority - a.priority;
        return dueA === dueB ? serialA - serialB : dueA - dueB;
      });
  }

  /** The session is heard of again. */
  attach(session: string | undefined): void {
    this.#awaited.delete(session);
  }

  lend(message: ModelMessage, receipt: string, until: number, session: string | undefined): void {
    this.waiting = this.waiting.filter((other) => other !== message);
    this.leases.push({ receipt, message, session, until, purged: false });
  }

  /** Answers what the engine must: applied, repeated or expired. */
  settle(
    receipt: string,
    kind: string,
    now: number,
    delayMs: number,
  ): "applied" | "repeated" | "expired" {
    const lease = this.leases.find((other) => other.receipt === receipt);
    if (lease === undefined) return this.spent.get(receipt) === kind ? "repeated" : "expired";
    this.#close(lease, kind);
    const { message } = lease;
    if (kind === "release" && !lease.purged) this.#back(message, now);
    if (kind === "retry") this.#fail(lease, now + delayMs);
    if (kind === "deadLetter") this.#bury(message);
    return "applied";
  }

  #close(lease: ModelLease, kind: string): void {
    this.leases = this.leases.filter((other) => other !== lease);
    this.spent.set(lease.receipt, kind);
  }

  #back(message: ModelMessage, due: number): void {
    message.due = due;
    message.serial = ++this.#serial;
    message.returned = true;
    this.waiting.push(message);
  }

  #fail({ message, purged }: ModelLease, due: number): void {
    if (purged) return;
    if (message.attempts + 1 >= this.#maxAttempts) {
      this.#bury(message);
      return;
    }
    message.attempts++;
    this.#back(message, due);
  }

  #bury(message: ModelMessage): void {
    message.attempts++;
    this.dead.push(message);
  }

  extend(receipt: string, until: number): boolean {
    const lease = this.leases.find((other) => other.receipt === receipt);
    if (lease !== undefined) lease.until = until;
    return lease !== undefined;
  }

  purge(): number {
    const removed = this.waiting.length;
    this.waiting = [];
    for (const lease of this.leases) lease.purged = true;
    return removed;
  }

  redrive(id: string, now: number): boolean {
    const message = this.dead.find((other) => other.id === id);
    if (message === undefined) return false;
    this.dead = this.dead.filter((other) => other !== message);
    message.attempts = 0;
    this.#back(message, now);
    message.returned = false;
    message.place = ++this.#places;
    return true;
  }

  discard(id: string): boolean {
    const before = this.dead.length;
    this.dead = this.dead.filter((other) => other.id !== id);
    return this.dead.length < before;
  }

  endSession(session: string, now: number): void {
    for (const lease of this.leases.filter((other) => other.session === session))
      this.#end(lease, now);
  }

  #end(lease: ModelLease, now: number): void {
    this.#close(lease, "expired");
    this.#fail(lease, now);
  }

  /** After a reopen: outcomes are not remembered, and nobody has come back yet. */
  reopened(now: number): void {
    this.spent.clear();
    this.#graceEnd = now + 1_500;
    this.#awaited = new Set(this.leases.map(({ session }) => session));
    this.#awaited.delete(undefined);
  }

  /** Whether it was delayed. */
  expedite(id: string, now: number): boolean {
    const message = this.waiting.find((other) => other.id === id);
    if (message?.due === undefined || message.due <= now) return false;
    message.due = now;
    message.serial = ++this.#serial;
    return true;
  }

  /** When something next happens by itself. */
  get nextEvent(): number {
    return Math.min(this.#graceEnd ?? Infinity, ...this.leases.map(({ until }) => until));
  }

  /** What happens by itself at this time. */
  tick(now: number): void {
    for (const lease of this.leases.filter(({ until }) => until <= now)) this.#end(lease, now);
    if (this.#graceEnd === undefined || this.#graceEnd > now) return;
    this.#graceEnd = undefined;
    for (const lease of this.leases.filter(({ session }) => this.#awaited.has(session))) {
      this.#end(lease, now);
    }
  }
}
