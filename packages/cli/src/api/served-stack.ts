import type { AdvancedClock, Binder, ServedClient, ServedQueues } from "@alienplatform/api";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError, nearest, type QueueResource, type StackData } from "@alienplatform/core";
import type { LoadedStack } from "@alienplatform/deploy";
import { capabilities } from "@alienplatform/local/runtime";
import { consumersOf, unknownConsumer } from "../consumers.ts";
import type { LocalStore } from "../store.ts";
import { sendingThrough } from "./sending-through.ts";
import type { StackSchemas } from "./stack-schemas.ts";

/** The queues of a stack on this machine, for the API; what the stack declares may change meanwhile. */
export class ServedStack implements ServedQueues {
  readonly platform = "local";
  readonly clock: AdvancedClock;
  readonly binder: Binder = {
    bind: async (queue, consumer, status) => {
      const stack = this.stack();
      if (!consumersOf(stack).some(({ id }) => id === consumer)) {
        throw unknownConsumer(stack, consumer, queue);
      }
      await this.operations(queue).bind(consumer, { status });
    },
    unbind: (queue) => this.operations(queue).unbind(),
  };
  readonly #loaded: () => LoadedStack;
  readonly #store: LocalStore;
  readonly #schemas: StackSchemas;
  readonly #opened = new Map<string, Opened>();

  constructor(loaded: () => LoadedStack, store: LocalStore, schemas: StackSchemas) {
    this.#loaded = loaded;
    this.#store = store;
    this.#schemas = schemas;
    this.clock = store.clock;
  }

  stack(): StackData {
    return this.#loaded().stack;
  }

  client(queue: string): ServedClient {
    return this.#open(queue).client;
  }

  operations(queue: string): QueueOperations {
    return this.#open(queue).operations;
  }

  capabilities() {
    return capabilities;
  }

  jsonSchema(queue: string): unknown {
    const schema = this.#loaded().schemas[queue];
    return schema === true ? undefined : schema;
  }

  /** Opened once for each declaration: a client remembers what it has lent. */
  #open(queue: string): Opened {
    const resource = this.#resource(queue);
    const before = this.#opened.get(queue);
    const signature = JSON.stringify(resource);
    if (before?.signature === signature) return before;
    const schema = this.#schemas.of(queue);
    const client = sendingThrough(
      this.#store.client(resource, schema),
      this.#store.client(resource),
    );
    const operations = this.#store.operate(resource, schema);
    const opened = { signature, client, operations };
    this.#opened.set(queue, opened);
    return opened;
  }

  #resource(queue: string): QueueResource {
    const all = this.stack().resources.filter((resource) => resource.type === "queue");
    const found = all.find(({ id }) => id === queue);
    if (found !== undefined) return found;
    const near = nearest(
      queue,
      all.map(({ id }) => id),
    );
    throw new AlienError("UNKNOWN_QUEUE", `alien.ts declares no queue "${queue}"`, {
      fix: near.length === 0 ? "List them: alien queue ls" : `Did you mean ${near.join(" or ")}?`,
      details: { queue, nearest: near },
    });
  }
}

interface Opened {
  readonly signature: string;
  readonly client: ServedClient;
  readonly operations: QueueOperations;
}
