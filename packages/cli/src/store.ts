import { resolve } from "node:path";
import {
  type QueueBinding,
  QueueClient,
  type QueueOperator,
  systemClock,
} from "@alienplatform/bindings";
import type { QueueResource, StackData } from "@alienplatform/core";
import type { LoadedStack } from "@alienplatform/deploy";
import {
  LocalQueueOperator,
  type LocalQueues,
  openLocalQueues,
} from "@alienplatform/local/operate";
import { capabilities, localBinding, runtime, specOf } from "@alienplatform/local/runtime";
import type { Context } from "./context.ts";

/** Where the messages are: --persist-to, else ALIEN_DIRECTORY, else beside alien.ts. */
export function dataDirectory(
  { directory, environment }: Context,
  stack: LoadedStack,
  persistTo: string | undefined,
): string {
  const named = persistTo ?? environment.ALIEN_DIRECTORY;
  return named ? resolve(directory, named) : resolve(stack.directory, ".alien", "local");
}

/** The local queues of a data directory, whichever process owns them. Opens at first use. */
export class LocalStore {
  readonly capabilities = capabilities;
  readonly #directory: string;
  readonly #queues: LocalQueues;
  readonly #clients: QueueClient[] = [];

  constructor(directory: string) {
    this.#directory = directory;
    this.#queues = openLocalQueues({ directory });
  }

  /** Makes a stack's queues known; answers how programs reach them. */
  async declare({ resources }: StackData): Promise<readonly QueueBinding[]> {
    const bindings = resources
      .filter((resource) => resource.type === "queue")
      .map((resource) => localBinding(resource, this.#directory));
    await this.#queues.declare(bindings.map(specOf));
    return bindings;
  }

  client(resource: QueueResource): QueueClient {
    const binding = localBinding(resource, this.#directory);
    const client = new QueueClient(runtime.queue(binding, systemClock), {
      queue: resource.id,
      options: binding.options,
    });
    this.#clients.push(client);
    return client;
  }

  operator(queue: string): QueueOperator {
    return new LocalQueueOperator(this.#queues, queue);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#queues.close();
  }
}
