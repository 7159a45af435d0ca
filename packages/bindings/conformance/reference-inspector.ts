import type { SettleResult } from "../src/queue/driver.ts";
import type {
  Activity,
  ConsumerState,
  GroupState,
  InspectedMessage,
  InspectedPage,
  KeyState,
  QueueInspector,
} from "../src/queue/inspector.ts";
import type { ReferenceQueue } from "./reference-queue.ts";
import { byPriorityThenPlace, type Stored } from "./stored.ts";

/** What the reference queue tells people who look. */
export class ReferenceInspector implements QueueInspector {
  readonly queue: ReferenceQueue;

  constructor(queue: ReferenceQueue) {
    this.queue = queue;
  }

  async message(id: string): Promise<InspectedMessage | undefined> {
    const stored = this.queue.waiting().find(({ message }) => message.id === id);
    if (stored !== undefined) return this.shown(stored);
    const letter = this.queue.letters.get(id);
    if (letter === undefined) return undefined;
    const { source: _, error, ...rest } = letter;
    return { ...rest, state: "dead", lastError: error };
  }

  async messages({
    state,
    limit,
    after = "",
  }: InspectedPage): Promise<readonly InspectedMessage[]> {
    const all = this.queue
      .waiting()
      .filter((stored) => this.queue.stateOf(stored) === state)
      .sort(orders[state]);
    const start = all.findIndex(({ message }) => message.id === after) + 1;
    return all.slice(start, start + limit).map((stored) => this.shown(stored));
  }

  async groups(limit: number): Promise<readonly GroupState[]> {
    const all = this.queue.waiting().filter(({ joined }) => joined);
    const names = new Set(all.map(({ message }) => message.group));
    names.delete(undefined);
    const states = [...names].map((group = ""): GroupState => {
      const messages = all.filter(({ message }) => message.group === group);
      const holder = messages.find((stored) => this.queue.stateOf(stored) !== "ready");
      const waiting = messages.length - (holder === undefined ? 0 : 1);
      if (holder === undefined) return { group, waiting };
      const state = holder.loan === undefined ? "delayed" : "inFlight";
      return { group, waiting, heldBy: { id: holder.message.id, state } };
    });
    const free = ({ heldBy, waiting }: GroupState) => (heldBy !== undefined && waiting > 0 ? 0 : 1);
    return states.sort((a, b) => free(a) - free(b) || b.waiting - a.waiting).slice(0, limit);
  }

  async keys(limit: number): Promise<readonly KeyState[]> {
    const keys = new Map<string, KeyState>();
    for (const stored of this.queue.waiting()) {
      const { concurrency } = stored.message;
      const state = this.queue.stateOf(stored);
      if (concurrency === undefined || state === "delayed") continue;
      const known = keys.get(concurrency.key) ?? { ...concurrency, inFlight: 0, waiting: 0 };
      const field = state === "inFlight" ? "inFlight" : "waiting";
      keys.set(concurrency.key, { ...known, [field]: known[field] + 1 });
    }
    const room = (state: KeyState) => state.limit - state.inFlight;
    return [...keys.values()].sort((a, b) => room(a) - room(b)).slice(0, limit);
  }

  async consumers(): Promise<readonly ConsumerState[]> {
    const inFlight = this.queue.waiting().filter(({ loan }) => loan !== undefined).length;
    const waiting = this.queue.takesWaiting > 0;
    return inFlight === 0 && !waiting ? [] : [{ session: "", inFlight, waiting }];
  }

  activity(after: string | undefined, signal: AbortSignal): Promise<Activity> {
    return this.queue.activity.after(after, signal);
  }

  async expedite(id: string): Promise<SettleResult> {
    const stored = this.queue.waiting().find(({ message }) => message.id === id);
    if (stored === undefined || this.queue.stateOf(stored) !== "delayed")
      return { ok: true, applied: false };
    stored.dueAt = this.queue.clock.now();
    this.queue.bell.ring();
    return { ok: true, applied: true };
  }

  protected shown(stored: Stored): InspectedMessage {
    const { message, attempts, history, loan, dueAt } = stored;
    const { id, body, headers, sentAt, group, priority, concurrency } = message;
    const state = this.queue.stateOf(stored);
    const lastError = history.at(-1)?.error;
    return {
      id,
      state,
      body,
      headers,
      attempts,
      history: [...history],
      sentAt,
      ...(state === "delayed" && { dueAt }),
      ...(loan !== undefined && { leaseEndsAt: loan.until }),
      ...(lastError !== undefined && { lastError }),
      ...(group !== undefined && { group }),
      ...(priority !== undefined && priority > 0 && { priority }),
      ...(concurrency !== undefined && { concurrency }),
    };
  }
}

const orders = {
  ready: byPriorityThenPlace,
  delayed: (a: Stored, b: Stored) => a.dueAt - b.dueAt,
  inFlight: (a: Stored, b: Stored) => (a.message.id < b.message.id ? -1 : 1),
};
