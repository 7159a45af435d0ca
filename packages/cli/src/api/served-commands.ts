import type { AdvancedClock, Binder, ServedClient, ServedQueues } from "@alienplatform/api";
import type { QueueCapabilities } from "@alienplatform/bindings";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import type { StackData } from "@alienplatform/core";
import type { OpenQueues } from "../open-queues.ts";
import { sendingThrough } from "./sending-through.ts";
import type { StackSchemas } from "./stack-schemas.ts";

/** The queues that a command has opened, for the API: those of this machine, or of a deployed stage. */
export class ServedCommands implements ServedQueues {
  readonly platform: string;
  readonly stage?: string;
  readonly binder?: Binder;
  readonly clock?: AdvancedClock;
  readonly #queues: OpenQueues;
  readonly #schemas: StackSchemas;
  readonly #clients = new Map<string, Promise<ServedClient>>();
  readonly #operations = new Map<string, QueueOperations>();

  constructor(
    queues: OpenQueues,
    schemas: StackSchemas,
    platform: string,
    stage: string | undefined,
  ) {
    this.#queues = queues;
    this.#schemas = schemas;
    this.platform = platform;
    if (stage !== undefined) this.stage = stage;
    if (queues.clock === undefined) return;
    this.clock = queues.clock;
    this.binder = {
      bind: async (queue, consumer, status) => {
        queues.assertConsumer(consumer, queue);
        await this.operations(queue).bind(consumer, { status });
      },
      unbind: (queue) => this.operations(queue).unbind(),
    };
  }

  stack(): StackData {
    return this.#queues.loaded.stack;
  }

  /** One for each queue: it remembers what it has lent. */
  client(queue: string): Promise<ServedClient> {
    const known = this.#clients.get(queue);
    if (known !== undefined) return known;
    const opening = this.#open(queue).catch((error) => {
      this.#clients.delete(queue);
      throw error;
    });
    this.#clients.set(queue, opening);
    return opening;
  }

  async #open(queue: string): Promise<ServedClient> {
    const schema = this.#schemas.of(queue);
    const sender = await this.#queues.client(queue, schema);
    return sendingThrough(sender, await this.#queues.client(queue));
  }

  operations(queue: string): QueueOperations {
    const schema = this.#schemas.of(queue);
    const operations = this.#operations.get(queue) ?? this.#queues.operate(queue, schema);
    this.#operations.set(queue, operations);
    return operations;
  }

  async capabilities(queue: string): Promise<QueueCapabilities> {
    return (await this.#queues.describe(queue)).capabilities;
  }

  jsonSchema(queue: string): unknown {
    const schema = this.#queues.loaded.schemas[queue];
    return schema === true ? undefined : schema;
  }
}
