import type { SettleResult } from "@alienplatform/bindings";
import { clearPurged } from "./clear-purged.ts";
import type { CallAnswer, CallName, CallParameters } from "./port.ts";
import type { LocalQueue } from "./queue.ts";
import type { StoreParts } from "./store-parts.ts";
import { bySystem, pauseBySystem } from "./system-times.ts";

type Run<Name extends CallName> = (
  queue: LocalQueue,
  parameters: CallParameters<Name>,
  signal: AbortSignal | undefined,
) => Promise<CallAnswer<Name>>;

/** How a call is run: a look as it is, a change in a commit of its own and once for each request. */
export type Call<Name extends CallName> =
  | { readonly how: "look"; readonly run: Run<Name> }
  | {
      readonly how: "change";
      readonly run: Run<Name>;
      /** The answer to a request that was applied before. */
      readonly repeated: (parameters: CallParameters<Name>, queue: LocalQueue) => CallAnswer<Name>;
      /** Whether nothing was changed: then it was not applied, and a repeated request is run. */
      readonly refused?: (answer: CallAnswer<Name>) => boolean;
      /** Work that the change leaves, once it is durable. */
      readonly afterwards?: (store: StoreParts, queue: LocalQueue) => Promise<void>;
    }
  | {
      readonly how: "change";
      /** Looks while others go on, and answers what is to be run. */
      readonly prepare: (
        queue: LocalQueue,
        parameters: CallParameters<Name>,
      ) => Promise<() => Promise<CallAnswer<Name>>>;
      readonly repeated: (parameters: CallParameters<Name>, queue: LocalQueue) => CallAnswer<Name>;
      readonly refused?: (answer: CallAnswer<Name>) => boolean;
    };

/** Each call by its name. */
export const calls: { readonly [Name in CallName]: Call<Name> } = {
  stats: { how: "look", run: (queue) => queue.stats() },
  peek: { how: "look", run: (queue, [options]) => queue.peek(options) },
  purge: {
    how: "change",
    run: (queue) => queue.purge(),
    // Its count went with the answer that was lost; what was sent since is not this request's to remove.
    repeated: () => 0,
    afterwards: ({ storage }, { parts }) => clearPurged(storage).finally(() => parts.jobs.purged()),
  },
  deadLetters: {
    how: "look",
    run: (queue, [query]) => queue.deadLetters.list(bySystem(query, queue.time)),
  },
  deadLetter: { how: "look", run: (queue, [id]) => queue.deadLetters.get(id) },
  editDeadLetter: {
    how: "change",
    run: (queue, [id, change]) => queue.deadLetters.edit(id, change),
    repeated: applied,
    refused: ({ ok }) => !ok,
  },
  redrive: {
    how: "change",
    run: (queue, [ids, { to } = {}]) => queue.deadLetters.redrive(ids, to),
    repeated: ([ids]) => ids.map(applied),
    refused: (results) => results.every(({ ok }) => !ok),
  },
  discard: {
    how: "change",
    run: (queue, [ids]) => queue.deadLetters.discard(ids),
    repeated: ([ids]) => ids.map(applied),
  },
  control: { how: "look", run: (queue) => queue.control.now() },
  controlAfter: {
    how: "look",
    run: (queue, [version], signal) => queue.control.after(version, signal),
  },
  pause: {
    how: "change",
    run: (queue, [pause]) => queue.control.pause(pauseBySystem(pause, queue.time)),
    repeated: nothing,
  },
  resume: { how: "change", run: (queue) => queue.control.resume(), repeated: nothing },
  bind: {
    how: "change",
    run: (queue, [consumer, status]) => queue.control.bind(consumer, status),
    repeated: nothing,
  },
  unbind: { how: "change", run: (queue) => queue.control.unbind(), repeated: nothing },
  job: { how: "look", run: (queue, [id]) => queue.jobs.get(id) },
  jobs: { how: "look", run: (queue, [query]) => queue.jobs.list(query) },
  jobsPage: { how: "look", run: (queue, [query]) => queue.jobs.page(query) },
  jobEnded: { how: "look", run: (queue, [id], signal) => queue.jobs.ended(id, signal) },
  requeueJob: {
    how: "change",
    run: async (queue, [id]) => {
      if (!(await queue.jobs.isDead(id))) return { ok: true, applied: false };
      const [result] = await queue.deadLetters.redrive([id]);
      return result ?? { ok: true, applied: false };
    },
    repeated: applied,
  },
  cancelJob: { how: "change", run: (queue, [id]) => queue.jobs.cancel(id), repeated: applied },
  importDeadLetters: {
    how: "change",
    run: (queue, [letters]) => queue.deadLetters.import(letters),
    repeated: ([letters], queue) => queue.deadLetters.importedBefore(letters),
  },
  message: { how: "look", run: (queue, [id]) => queue.inspection.message(id) },
  messages: { how: "look", run: (queue, [page]) => queue.inspection.messages(page) },
  groups: { how: "look", run: (queue, [limit]) => queue.inspection.groups(limit) },
  keys: { how: "look", run: (queue, [limit]) => queue.inspection.keys(limit) },
  consumers: { how: "look", run: (queue) => queue.inspection.consumers() },
  activity: {
    how: "look",
    run: (queue, [cursor], signal) => queue.parts.activity.after(cursor, signal),
  },
  expedite: {
    how: "change",
    prepare: (queue, [id]) => queue.inspection.expedite(id),
    repeated: applied,
    refused: (result) => !(result.ok && result.applied),
  },
  clock: { how: "look", run: async ({ time }) => time.read() },
  advanceClock: {
    how: "change",
    run: async ({ time, parts }, [ms]) => time.advance(ms, parts.batch()),
    repeated: (_, { time }) => time.read(),
    afterwards: ({ commit }, { time }) => time.fire(() => commit.durable()),
  },
};

/** Whether a name that came over the socket is one of these. */
export function isCallName(name: unknown): name is CallName {
  return typeof name === "string" && Object.hasOwn(calls, name);
}

function applied(): SettleResult {
  return { ok: true, applied: true };
}

function nothing(): void {
  // A repeated change changes nothing.
}
