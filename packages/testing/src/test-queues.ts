import {
  type DeliveryEvent,
  type Handling,
  QueueClient,
  type QueueDriver,
  type QueueOperator,
  type VirtualClock,
} from "@alienplatform/bindings";
import { AlienError, nearest, type QueueResource, type Resource } from "@alienplatform/core";
import type { Engine } from "@alienplatform/local/engine";
import { LocalQueueOperator } from "@alienplatform/local/operate";
import { LocalQueueDriver, localBinding, specOf } from "@alienplatform/local/runtime";
import { type OpenDriver, registered, useQueues } from "@alienplatform/sdk/testing-hook";
import { runHandler } from "./run-handler.ts";
import { noting, type SentMessage } from "./sent.ts";

export interface DrainOptions {
  /** Stops after so many deliveries; otherwise nothing but the lack of messages ends it. */
  readonly maxMessages?: number;
}

interface Opened {
  readonly resource: QueueResource;
  readonly driver: QueueDriver;
  readonly sent: SentMessage[];
}

/** The queues of one test. While they are open, queue() and onQueueMessage() of the sdk lead to them. */
export class TestQueues {
  readonly clock: VirtualClock;
  readonly #engine: Engine;
  readonly #random: () => number;
  readonly #resources: readonly Resource[];
  readonly #queues = new Map<string, Opened>();
  readonly #restore: () => void;
  #closing: Promise<void> | undefined;

  constructor(
    engine: Engine,
    resources: readonly Resource[],
    clock: VirtualClock,
    random: () => number,
  ) {
    this.clock = clock;
    this.#engine = engine;
    this.#random = random;
    this.#resources = resources;
    for (const resource of resources) {
      if (resource.type !== "queue") continue;
      const sent: SentMessage[] = [];
      const local = new LocalQueueDriver(engine, specOf(localBinding(resource, "")));
      this.#queues.set(resource.id, { resource, driver: noting(local, sent), sent });
    }
    this.#restore = useQueues(async (name) => this.#open(name));
  }

  /** A client of the queue; by its declaration it also types and checks the payload. */
  queue<Input, Output>(queue: QueueResource<Input, Output>): QueueClient<Input, Output>;
  queue<T = unknown>(queue: string): QueueClient<T>;
  queue(queue: string | QueueResource): QueueClient {
    const { resource, driver } = this.#find(queue);
    return new QueueClient(driver, {
      queue: resource.id,
      options: resource,
      schema: typeof queue === "string" ? undefined : queue.schema,
      clock: this.clock,
      random: this.#random,
    });
  }

  /** What was sent to the queue so far, oldest first; handled or not. */
  sent(queue: string | QueueResource): readonly SentMessage[] {
    return [...this.#find(queue).sent];
  }

  /** Counts, looks, purges, brings dead letters back. */
  operate(queue: string | QueueResource): QueueOperator {
    return new LocalQueueOperator(this.#engine, this.#find(queue).resource.id);
  }

  /**
   * Runs the registered handlers over what is ready, one message at a time, until nothing is; time does not
   * pass meanwhile. Answers what became of each delivery.
   */
  async drain({ maxMessages = Infinity }: DrainOptions = {}): Promise<readonly DeliveryEvent[]> {
    const handled = this.#handled();
    const events: DeliveryEvent[] = [];
    for (let idle = false; !idle; ) {
      idle = true;
      for (const { driver, handling } of handled) {
        if (events.length >= maxMessages) return events;
        const event = await runHandler(driver, handling, () => this.clock.now());
        if (event === undefined) continue;
        events.push(event);
        idle = false;
      }
    }
    return events;
  }

  /** Ends the test's queues with all that is in them; nothing keeps the process alive afterwards. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#restore();
    await this.#engine.close();
  }

  #open(name: string): OpenDriver {
    const { resource, driver } = this.#find(name);
    const binding = localBinding(resource, "");
    return { driver, binding, clock: this.clock, random: this.#random };
  }

  #find(queue: string | QueueResource): Opened {
    const name = typeof queue === "string" ? queue : queue.id;
    const found = this.#queues.get(name);
    if (found !== undefined) return found;
    const near = nearest(name, this.#queues.keys());
    throw new AlienError("UNKNOWN_QUEUE", `these test queues have no queue "${name}"`, {
      fix:
        near.length > 0
          ? `Write ${near.map((id) => `"${id}"`).join(" or ")}.`
          : "Give its declaration to createTestQueues().",
      details: { queue: name },
    });
  }

  #handled(): readonly { readonly driver: QueueDriver; readonly handling: Handling }[] {
    const registrations = new Map(registered().map((one) => [one.queue, one]));
    const handled = [...this.#queues.values()].flatMap(({ resource, driver }) => {
      const registration = registrations.get(resource.id) ?? registrations.get("*");
      const trigger = this.#triggerOf(resource.id);
      if (registration === undefined || trigger?.paused) return [];
      const handling: Handling = {
        queue: resource.id,
        options: resource,
        schema: registration.schema ?? resource.schema,
        handler: registration.handler,
        onInvalid: trigger?.onInvalid ?? "deadLetter",
        random: this.#random,
        log: () => undefined,
      };
      return [{ driver, handling }];
    });
    if (handled.length > 0) return handled;
    throw new AlienError("HANDLER_MISSING", "drain() was called and no queue here has a handler", {
      fix: "Import the file that calls onQueueMessage() in the test.",
    });
  }

  #triggerOf(queue: string) {
    return this.#resources
      .flatMap((resource) => (resource.type === "queue" ? [] : resource.triggers))
      .find((trigger) => trigger.queue === queue);
  }
}
