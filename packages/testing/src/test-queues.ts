import {
  QueueClient,
  type SettleResult,
  type Telemetry,
  type VirtualClock,
} from "@alienplatform/bindings";
import { type OpenOperator, QueueOperations } from "@alienplatform/bindings/operate";
import { AlienError, nearest, type QueueResource, type Resource } from "@alienplatform/core";
import type { Engine } from "@alienplatform/local/engine";
import {
  declaredPause,
  LocalQueueDriver,
  localBinding,
  specOf,
} from "@alienplatform/local/runtime";
import {
  type OpenDriver,
  registered,
  telemetryOf,
  useQueues,
} from "@alienplatform/sdk/testing-hook";
import { closeCurrent, openCurrent } from "./current.ts";
import { Drain, type DrainOptions, type HandledQueue } from "./drain.ts";
import { LentOperator } from "./lent-operator.ts";
import type { DrainedDelivery } from "./run-handler.ts";
import type { SentMessage } from "./sent.ts";
import { TestDriver } from "./test-driver.ts";
import { triggerOf } from "./trigger-of.ts";

interface Opened {
  readonly resource: QueueResource;
  readonly driver: TestDriver;
  readonly telemetry: Telemetry | undefined;
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
      const local = new LocalQueueDriver(engine, this.#specOf(resource));
      const driver = new TestDriver(local, this.#handling(resource), clock);
      const { system } = local.capabilities;
      const telemetry = telemetryOf({
        queue: resource.id,
        system,
        maxAttempts: resource.maxAttempts,
        clock,
      });
      this.#queues.set(resource.id, { resource, driver, telemetry });
    }
    openCurrent(this);
    this.#restore = useQueues(
      async (name) => this.#open(name),
      async (name) => this.#openOperator(name),
    );
  }

  /** A client of the queue; by its declaration it also types and checks the payload. */
  queue<Input, Output>(queue: QueueResource<Input, Output>): QueueClient<Input, Output>;
  queue<T = unknown>(queue: string): QueueClient<T>;
  queue(queue: string | QueueResource): QueueClient {
    const { resource, driver, telemetry } = this.#find(queue);
    return new QueueClient(driver, {
      queue: resource.id,
      options: resource,
      schema: typeof queue === "string" ? undefined : queue.schema,
      clock: this.clock,
      random: this.#random,
      telemetry,
    });
  }

  /** What was sent to the queue so far, oldest first; handled or not. A deduplicated send stored nothing and is not here. */
  sent(queue: string | QueueResource): readonly SentMessage[] {
    return [...this.#find(queue).driver.sent];
  }

  /** Counts, looks, purges, decides about dead letters; by its declaration it also checks what is edited. */
  operate(queue: string | QueueResource): QueueOperations {
    const { id } = this.#find(queue).resource;
    const schema = typeof queue === "string" ? undefined : queue.schema;
    return new QueueOperations(() => this.#openOperator(id), { queue: id, schema });
  }

  /**
   * Runs the registered handlers over what is ready, one message at a time and the queues taking turns, until
   * nothing is ready. Answers what became of each delivery.
   *
   * Time stands still unless `until: "empty"` lets it pass. A handler's lease is renewed and its function's timeout
   * counts by the test's clock: to make time pass while handlers run, start draining, advance, then await.
   */
  async drain(options: DrainOptions = {}): Promise<readonly DrainedDelivery[]> {
    return new Drain(this.clock, options).run(this.#handled());
  }

  /**
   * The next n deliveries of the queue fail before anybody sees them, as if the handler had thrown `error`: with
   * the queue's backoff, and to the dead letters where it was the last attempt. A `receive` does not get them either.
   */
  failNext(
    queue: string | QueueResource,
    n = 1,
    error: unknown = new Error("failNext() of the test kit"),
  ): void {
    const { failures } = this.#find(queue).driver.faults;
    for (let left = count("failNext", n); left > 0; left--) failures.push(error);
  }

  /**
   * The next n acknowledgements of the queue get lost: handlers run, who acknowledges is told that it worked, and
   * the message comes back when its lease ends, with `attempt` one higher; until then it counts to the queue's
   * .concurrency(), and holds up its FIFO group. drain() calls such a delivery "lost".
   */
  loseAck(queue: string | QueueResource, n = 1): void {
    this.#find(queue).driver.faults.lostAcks += count("loseAck", n);
  }

  /**
   * Each of the next n messages that are acknowledged is delivered once more, at once: the same id and the same
   * `attempt`, so that nothing tells it from the first. Queues that promise at least once do that.
   */
  duplicate(queue: string | QueueResource, n = 1): void {
    this.#find(queue).driver.faults.duplicates += count("duplicate", n);
  }

  /**
   * Ends the loan of a message now, as if its lease had run out: the `signal` of a running handler aborts and what it
   * returns is dropped, a receipt is RECEIPT_EXPIRED, and the message is ready again with `attempt` one higher, or
   * dead where that was the last.
   */
  async expireLease(id: string): Promise<void> {
    for (const { driver } of this.#queues.values()) {
      const result: SettleResult | undefined = await driver.faults.expire(id);
      if (result?.ok === false) throw result.error;
      if (result !== undefined) return;
    }
    throw new TypeError(
      `expireLease(id) takes the id of a message on loan, and ${JSON.stringify(id)} is not: receive() it first, or call it while its handler runs.`,
    );
  }

  /** Ends the test's queues with all that is in them; nothing keeps the process alive afterwards. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** For `await using queues = await createTestQueues(stack)`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#restore();
    closeCurrent();
    await this.#engine.close();
  }

  #open(name: string): OpenDriver {
    const { resource, driver } = this.#find(name);
    const binding = localBinding(resource, "");
    return { driver, binding, clock: this.clock, random: this.#random };
  }

  #openOperator(name: string): OpenOperator {
    const spec = this.#specOf(this.#find(name).resource);
    return { operator: new LentOperator(this.#engine, spec), clock: this.clock };
  }

  #specOf(resource: QueueResource) {
    return specOf(localBinding(resource, ""), declaredPause(this.#resources, resource.id));
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

  #handling(resource: QueueResource) {
    const { onInvalid = "deadLetter" } = triggerOf(this.#resources, resource.id)?.trigger ?? {};
    const log = () => undefined;
    return { queue: resource.id, options: resource, onInvalid, random: this.#random, log };
  }

  #handled(): readonly HandledQueue[] {
    const registrations = new Map(registered().map((one) => [one.queue, one]));
    const handled = [...this.#queues.values()].flatMap(({ resource, driver, telemetry }) => {
      const registration = registrations.get(resource.id) ?? registrations.get("*");
      const { timeoutMs } = triggerOf(this.#resources, resource.id) ?? {};
      if (registration === undefined) return [];
      const { handler, schema = resource.schema } = registration;
      const handling = { ...this.#handling(resource), handler, schema, telemetry };
      return [{ driver, handling, operator: this.operate(resource), timeoutMs }];
    });
    if (handled.length > 0) return handled;
    throw new AlienError("HANDLER_MISSING", "drain() was called and no queue here has a handler", {
      fix: "Import the file that calls onQueueMessage() in the test.",
    });
  }
}

function count(what: string, n: number): number {
  if (Number.isInteger(n) && n > 0) return n;
  throw new TypeError(`${what}() takes how many, a whole number above 0: ${what}("tasks", 2).`);
}
