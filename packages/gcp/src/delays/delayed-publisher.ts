import { type RetryOptions, retryItems } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Packed } from "../queue/packed.ts";
import type { Published } from "../queue/publisher.ts";
import { delayedCounts } from "./delayed-counts.ts";
import { publishUrl } from "./publish-url.ts";
import type { TasksAddress } from "./tasks-address.ts";
import { type NewTask, TasksClient } from "./tasks-client.ts";
import { TasksFault, tasksError } from "./tasks-errors.ts";

/** A message, and when it is to be published. */
export interface Delayed {
  readonly packed: Packed;
  /** Milliseconds since 1970. */
  readonly dueAt: number;
}

/**
 * Of one task, its URL and headers included: "Maximum task size: 1 MB", https://cloud.google.com/tasks/docs/quotas. The
 * reference of tasks.create says 100 KB, so that a refusal of a larger one is taken for that.
 */
const TASK_BYTES = 1_000_000;
const TASK_BYTES_OF_REFERENCE = 100_000;
/** Requests that make tasks or remove them, at once: each is of one. */
const IN_FLIGHT = 32;
/** Of the publish request, when it is due; another try follows. */
const DEADLINE = "30s";
const SCOPE = "https://www.googleapis.com/auth/pubsub";

export interface DelayedPublisherOptions {
  readonly address: TasksAddress;
  /** The topic's path. */
  readonly topic: string;
  /** Where Pub/Sub answers, where the binding names another place than Pub/Sub's own. */
  readonly endpoint: string | undefined;
  /** The queue's logical name. */
  readonly queue: string;
}

/**
 * Publishes to one topic later on: each message is a task of Cloud Tasks, whose request, when it is due, is the very
 * publish request, to Pub/Sub itself in the name of a service account of the stage. Nothing of ours runs then, and what
 * Pub/Sub refuses is tried again. https://cloud.google.com/tasks/docs/creating-http-target-tasks
 */
export class DelayedPublisher {
  readonly #given: DelayedPublisherOptions;
  readonly #client: TasksClient;
  /** What tells the tasks of this topic from those of the stage's others. */
  readonly #url: string;

  /** Does no I/O. */
  constructor(given: DelayedPublisherOptions) {
    const { address, topic, endpoint } = given;
    this.#given = given;
    this.#client = new TasksClient(address);
    this.#url = publishUrl(topic, endpoint);
  }

  /** One result per message, in order. Two that are due at the same time may come in either order. */
  async publish(messages: readonly Delayed[], signal?: AbortSignal): Promise<readonly Published[]> {
    return inFlight(messages, (message) => this.#schedule(message, signal));
  }

  /** How many wait here, as far as ten pages of the stage's tell. */
  async count(): Promise<number> {
    const { address, queue } = this.#given;
    try {
      return (await delayedCounts(this.#client, address)).get(this.#url) ?? 0;
    } catch (thrown) {
      const doing = `counting the delayed messages of queue "${queue}"`;
      throw tasksError({ use: "count", doing }, thrown);
    }
  }

  /** Removes those that wait here now. What Cloud Tasks refuses for a while is asked again; the first other refusal ends it. */
  async purge({ clock, random, signal }: RetryOptions): Promise<void> {
    const all: string[] = [];
    // Before the first is removed: a deletion may move others from one page to another.
    for await (const names of this.#pages(signal)) all.push(...names);
    const remove = (names: readonly string[]) =>
      Promise.all(names.map((name) => this.#remove(name, signal)));
    for (let from = 0; from < all.length; from += IN_FLIGHT) {
      const some = all.slice(from, from + IN_FLIGHT);
      for (const removed of await retryItems(some, remove, { clock, random, signal })) {
        if (!removed.ok) throw removed.error;
      }
    }
  }

  async #schedule({ packed, dueAt }: Delayed, signal?: AbortSignal): Promise<Published> {
    const { queue, address } = this.#given;
    const { data, attributes, orderingKey } = packed.message;
    const message = {
      data: Buffer.from(data ?? "").toString("base64"),
      attributes,
      ...(orderingKey ? { orderingKey } : {}),
    };
    const body = JSON.stringify({ messages: [message] });
    const size = Buffer.byteLength(body) + this.#url.length + FRAME_BYTES;
    if (size > TASK_BYTES) return tooLarge(queue, size, TASK_BYTES);
    const task: NewTask = {
      scheduleTime: new Date(dueAt).toISOString(),
      dispatchDeadline: DEADLINE,
      httpRequest: {
        url: this.#url,
        httpMethod: "POST",
        headers: { "content-type": "application/json" },
        body: Buffer.from(body).toString("base64"),
        oauthToken: { serviceAccountEmail: address.serviceAccount, scope: SCOPE },
      },
    };
    try {
      await this.#client.create(task, signal);
      return undefined;
    } catch (thrown) {
      const invalid = thrown instanceof TasksFault && thrown.status === "INVALID_ARGUMENT";
      if (invalid && size > TASK_BYTES_OF_REFERENCE) {
        return tooLarge(queue, size, TASK_BYTES_OF_REFERENCE, thrown);
      }
      return tasksError(
        { use: "send", doing: `delaying a message of queue "${queue}"` },
        thrown,
        signal,
      );
    }
  }

  async *#pages(signal?: AbortSignal): AsyncGenerator<readonly string[]> {
    const doing = `listing the delayed messages of queue "${this.#given.queue}"`;
    const failed = (thrown: unknown) =>
      Promise.reject(tasksError({ use: "purge", doing }, thrown, signal));
    let pageToken: string | undefined;
    do {
      const { tasks, nextPageToken } = await this.#client.list(pageToken, signal).catch(failed);
      yield tasks.flatMap(({ name, httpRequest }) => (httpRequest?.url === this.#url ? name : []));
      pageToken = nextPageToken;
    } while (pageToken !== undefined);
  }

  async #remove(name: string, signal?: AbortSignal): Promise<Removed> {
    try {
      await this.#client.delete(name, signal);
      return { ok: true };
    } catch (thrown) {
      // It was due meanwhile.
      if (thrown instanceof TasksFault && thrown.status === "NOT_FOUND") return { ok: true };
      const doing = `purging the delayed messages of queue "${this.#given.queue}"`;
      return { ok: false, error: tasksError({ use: "purge", doing }, thrown, signal) };
    }
  }
}

type Removed = { readonly ok: true } | { readonly ok: false; readonly error: AlienError };

/** Headers, the account's address and the times. */
const FRAME_BYTES = 1_024;

function tooLarge(queue: string, size: number, limit: number, cause?: unknown): AlienError {
  const text = `a delayed message of queue "${queue}" is ${size} bytes as Cloud Tasks keeps it; it accepts ${limit}`;
  return new AlienError("MESSAGE_TOO_LARGE", text, {
    fix: "Put the payload in storage and send its key, or send it without a delay.",
    details: { size, limit, service: "Cloud Tasks" },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Runs `work` on each, so many at once; one answer each, in order. */
async function inFlight<Item, Answer>(
  items: readonly Item[],
  work: (item: Item) => Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers: Answer[] = new Array(items.length);
  const waiting = items.entries();
  const lanes = Array.from({ length: Math.min(IN_FLIGHT, items.length) }, async () => {
    for (const [index, item] of waiting) answers[index] = await work(item);
  });
  await Promise.all(lanes);
  return answers;
}
