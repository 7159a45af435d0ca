import { resolve } from "node:path";
import {
  type ControlOperator,
  type QueueBinding,
  QueueClient,
  systemClock,
} from "@alienplatform/bindings";
import { heldTo, type PlatformCapabilities } from "@alienplatform/bindings/declared";
import { QueueOperations } from "@alienplatform/bindings/operate";
import type { QueueResource, StackData } from "@alienplatform/core";
import type { LoadedStack } from "@alienplatform/deploy";
import {
  LocalClock,
  LocalQueueOperator,
  type LocalQueues,
  openLocalQueues,
} from "@alienplatform/local/operate";
import {
  capabilities,
  declaredPause,
  localBinding,
  runtime,
  specOf,
} from "@alienplatform/local/runtime";
import { loadCapabilities } from "@alienplatform/sdk/platforms";
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
  /** Those that the stack names. */
  #platforms: readonly PlatformCapabilities[] = [];

  constructor(directory: string) {
    this.#directory = directory;
    this.#queues = openLocalQueues({ directory });
  }

  /** Makes a stack's queues known; answers how programs reach them. */
  async declare({ resources, platforms }: StackData): Promise<readonly QueueBinding[]> {
    const others = platforms.filter((platform) => platform !== "local");
    this.#platforms = await Promise.all(others.map(loadCapabilities));
    const bindings = resources
      .filter((resource) => resource.type === "queue")
      .map((resource) => localBinding(resource, this.#directory, platforms));
    await this.#queues.declare(
      bindings.map((binding) => specOf(binding, declaredPause(resources, binding.queue))),
    );
    return bindings;
  }

  client(resource: QueueResource, schema?: QueueResource["schema"]): QueueClient {
    const binding = localBinding(resource, this.#directory);
    const client = new QueueClient(runtime.queue(binding, systemClock), {
      queue: resource.id,
      options: binding.options,
      schema,
      heldTo: this.#platforms.map((platform) => heldTo(platform, binding.options)),
    });
    this.#clients.push(client);
    return client;
  }

  operate(resource: QueueResource, schema?: QueueResource["schema"]): QueueOperations {
    const spec = specOf(localBinding(resource, this.#directory));
    const open = () => ({
      operator: new LocalQueueOperator(this.#queues, spec),
      clock: systemClock,
    });
    return new QueueOperations(open, { queue: resource.id, schema });
  }

  /** Of the declared queues. */
  get clock(): LocalClock {
    return new LocalClock(this.#queues);
  }

  /** Hears what operators decide about a declared queue. */
  control(queue: string): Pick<ControlOperator, "control" | "controlAfter"> {
    return {
      control: () => this.#queues.call(queue, "control", []),
      controlAfter: (version, signal) =>
        this.#queues.call(queue, "controlAfter", [version], { signal }),
    };
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.#queues.close();
  }
}
