import { computed, signal } from "@preact/signals";
import { listen } from "./events.ts";
import { onNextFrame } from "./frames.ts";
import type { Health, List, Operation, QueueSummary, Rates, Sample } from "./model.ts";
import { asProblem, type Problem } from "./problem.ts";
import { request } from "./request.ts";
import { live, servedReadOnly } from "./settings.ts";

/** Every queue as it was last told of; undefined before the first answer. */
export const queues = signal<readonly QueueSummary[] | undefined>(undefined);

/** Why there is no answer. */
export const queuesProblem = signal<Problem | undefined>(undefined);

export const health = signal<Health | undefined>(undefined);

/** Where a look costs nothing and disturbs nobody; undefined until it is known. */
export const isLocal = computed(() =>
  health.value === undefined ? undefined : health.value.platform === "local",
);

/** Bulk work that runs or ran, the newest first. */
export const operations = signal<readonly Operation[]>([]);

/** The bulk work on a queue that is under way. */
export function runningOf(queue: string): Operation | undefined {
  return operations.value.find((each) => each.queue === queue && each.status === "RUNNING");
}

export const byId = computed(() => new Map(queues.value?.map((queue) => [queue.id, queue])));

/** A minute of what each queue sent and finished per second, for its line on the overview. */
export const recent = signal<ReadonlyMap<string, readonly Point[]>>(new Map());

export interface Point {
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
}

const POINTS = 60;
const pending = new Map<string, QueueSummary>();

/** Asks for all queues; what happens to them comes by events from then on. */
export async function loadQueues(): Promise<void> {
  try {
    const [state, list] = await Promise.all([
      request<Health>("GET", "/health"),
      request<List<QueueSummary>>("GET", "/queues"),
    ]);
    health.value = state;
    servedReadOnly.value = state.readOnly === true;
    queues.value = list.items;
    queuesProblem.value = undefined;
    if (recent.peek().size === 0) void recall(list.items);
    else note(list.items);
  } catch (error) {
    queuesProblem.value = asProblem(error);
  }
}

export async function loadOperations(): Promise<void> {
  try {
    operations.value = (await request<List<Operation>>("GET", "/operations?limit=100")).items;
  } catch {
    // The page of operations asks itself and says why not.
  }
}

listen("stats", (data) => {
  // An event of ours, of the same version as this page: the queue as it is now.
  const queue = data as QueueSummary;
  pending.set(queue.id, queue);
  if (live.peek()) onNextFrame("stats", applyStats);
});

listen("bindings", () => onNextFrame("bindings", () => void loadQueues()));

listen("operation", (data) => {
  // The same.
  const told = data as Operation;
  onNextFrame(`operation ${told.id}`, () => {
    operations.value = [told, ...operations.value.filter(({ id }) => id !== told.id)];
  });
});

function applyStats(): void {
  const known = queues.peek();
  if (known === undefined) return;
  const ids = new Set(known.map(({ id }) => id));
  // A queue that alien.ts has only now.
  if ([...pending.keys()].some((id) => !ids.has(id))) void loadQueues();
  const all = known.map((queue) => pending.get(queue.id) ?? queue);
  pending.clear();
  queues.value = all;
  note(all);
}

/** Of how many queues the last minute is asked for: each is a request. */
const RECALLED = 24;

/** The last minute as the server remembers it, so that the lines do not begin with this page. */
async function recall(all: readonly QueueSummary[]): Promise<void> {
  const entries = await Promise.all(
    all.slice(0, RECALLED).map(async ({ id }) => {
      const path = `/queues/${encodeURIComponent(id)}/samples`;
      const { items } = await request<List<Sample>>("GET", path).catch(() => ({ items: [] }));
      return [id, items.slice(-POINTS).map(({ rates }) => pointOf(rates))] as const;
    }),
  );
  recent.value = new Map(entries);
  note(all);
}

function pointOf(rates: Rates | undefined): Point {
  const { sent = 0, acked = 0, failed = 0 } = rates ?? {};
  return { sent, acked, failed };
}

/** One more point of each queue's line. */
function note(all: readonly QueueSummary[]): void {
  const before = recent.peek();
  recent.value = new Map(
    all.map(({ id, stats }) => {
      return [id, [...(before.get(id) ?? []), pointOf(stats?.rates)].slice(-POINTS)];
    }),
  );
}
