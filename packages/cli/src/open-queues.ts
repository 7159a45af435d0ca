import type { QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError, nearest, type QueueResource } from "@alienplatform/core";
import type { LoadedStack, PayloadCheck } from "@alienplatform/deploy";
import type { LocalClock } from "@alienplatform/local/operate";
import { type Queue, queue as queueOf } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import { boundElsewhere } from "./bound.ts";
import { consumersOf, declaredConsumer, unknownConsumer } from "./consumers.ts";
import type { Context } from "./context.ts";
import { type DescribedQueue, describedQueue } from "./described-queue.ts";
import { stackAround } from "./stack.ts";
import { dataDirectory, LocalStore } from "./store.ts";

/** The queues of the stack around here, for one command. */
export interface OpenQueues {
  readonly loaded: LoadedStack;
  /** Of queues that are all on this machine. */
  readonly clock: LocalClock | undefined;
  ids(): readonly string[];
  /** The time of a queue, for what is printed as "ago" or "in": of those on this machine the clock may be ahead. */
  now(queue: string): Promise<number>;
  /** To send and receive; a schema in place of what there is against the payload of a command. */
  client(queue: string, schema?: QueueResource["schema"]): Promise<Queue>;
  /** To look, to remove, to decide about dead letters, whose new payloads the schema checks. */
  operate(queue: string, schema?: QueueResource["schema"]): QueueOperations;
  /** What alien.ts says of it, where it is, and what can be done there. */
  describe(queue: string): Promise<DescribedQueue>;
  /** The id of the function or endpoint that alien.ts makes consume the queue. */
  consumerOf(queue: string): string | undefined;
  /** Throws UNKNOWN_FUNCTION where alien.ts declares none of this id. */
  assertConsumer(id: string, queue: string): void;
  close(): Promise<void>;
}

/**
 * Loads alien.ts and opens its queues: the local ones, beside a running dev or alone, and where a binding in the
 * environment says that a queue is in a cloud, that one, since an answer about the local one would be wrong.
 */
export async function openQueues(
  context: Context,
  persistTo: string | undefined,
  check?: PayloadCheck,
  stage?: string,
): Promise<OpenQueues> {
  const loaded = await stackAround(context, check);
  const resources = loaded.stack.resources.filter((resource) => resource.type === "queue");
  const store = new LocalStore(dataDirectory(context, loaded, persistTo));
  /** The variables that say where, by the queue's id. */
  const elsewhere = new Map<string, string>();
  for (const { id } of persistTo === undefined ? resources : []) {
    const variable = boundElsewhere(id, context.environment);
    if (variable === undefined) continue;
    elsewhere.set(id, variable);
    if (stage === undefined) context.terminal.note(`${id} is where ${variable} says`);
  }
  if (resources.some(({ id }) => !elsewhere.has(id))) await store.declare(loaded.stack);
  const opened: { close(): Promise<void> }[] = [];
  return {
    loaded,
    clock: elsewhere.size === 0 ? store.clock : undefined,
    ids: () => resources.map(({ id }) => id),
    now: async (queue) => (elsewhere.has(queue) ? Date.now() : (await store.clock.read()).now),
    client: async (queue, given) => {
      const resource = declared(queue, resources);
      const schema = given ?? refusing(loaded.issues);
      if (!elsewhere.has(queue)) return store.client(resource, schema);
      const client: Queue = await queueOf(
        schema === undefined ? resource : { ...resource, schema },
      );
      opened.push(client);
      return client;
    },
    operate: (queue, schema) => {
      const resource = declared(queue, resources);
      if (!elsewhere.has(queue)) return store.operate(resource, schema);
      const operations = operate(schema === undefined ? queue : { ...resource, schema });
      // What it has opened would keep this process alive.
      opened.push(operations);
      return operations;
    },
    describe: (queue) => {
      const { schema: _, ...resource } = declared(queue, resources);
      const variable = elsewhere.get(queue);
      const binding = variable === undefined ? undefined : context.environment[variable];
      return describedQueue(resource, loaded.schemas[queue], binding);
    },
    consumerOf: (queue) => declaredConsumer(loaded.stack, queue)?.id,
    assertConsumer: (id, queue) => {
      if (consumersOf(loaded.stack).some((consumer) => consumer.id === id)) return;
      throw unknownConsumer(loaded.stack, id, queue);
    },
    close: async () => {
      await Promise.all(opened.map((client) => client.close()));
      await store.close();
    },
  };
}

/** A schema for a payload that alien.ts has been asked about: the real one is code, and lives there. */
function refusing(issues: LoadedStack["issues"]): QueueResource["schema"] {
  if (issues === undefined) return undefined;
  return { "~standard": { version: 1, vendor: "alien.ts", validate: () => ({ issues }) } };
}

function declared(queue: string, resources: readonly QueueResource[]): QueueResource {
  const found = resources.find(({ id }) => id === queue);
  if (found !== undefined) return found;
  const ids = resources.map(({ id }) => id);
  const near = nearest(queue, ids);
  throw new AlienError("UNKNOWN_QUEUE", `alien.ts declares no queue "${queue}"`, {
    fix:
      near.length === 0
        ? `It declares ${ids.length === 0 ? "none" : ids.join(", ")}.`
        : `Did you mean ${near.join(" or ")}?`,
    details: { queue, nearest: near },
  });
}
