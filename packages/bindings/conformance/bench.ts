import assert from "node:assert/strict";
import { AlienError, type ErrorCode } from "@alienplatform/core";
import type { QueueOptions } from "../src/queue/binding.ts";
import { QueueClient } from "../src/queue/client.ts";
import { Consumer } from "../src/queue/consumer.ts";
import type { Delivery, Outcome, QueueDriver, Receiver } from "../src/queue/driver.ts";
import type { JobHandlers, MessageHandler } from "../src/queue/handle.ts";
import type { ReceivedMessage } from "../src/queue/message.ts";
import type { QueueOperator } from "../src/queue/operator.ts";
import type { QueueWorld, WorldClock } from "./world.ts";

/** What a case works with: a client over the world's driver, and the few steps that most cases take. */
export class Bench {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly driver: QueueDriver;
  readonly client: QueueClient<unknown>;
  readonly clock: WorldClock;
  readonly precisionMs: number;
  readonly #world: QueueWorld;
  readonly #clients: QueueClient<unknown>[] = [];
  readonly #consumers: Consumer[] = [];
  #settled = 0;

  constructor(world: QueueWorld) {
    this.#world = world;
    this.queue = world.queue;
    this.options = world.options;
    this.driver = world.driver;
    this.clock = world.clock;
    this.precisionMs = world.clock.precisionMs ?? 1;
    this.client = this.#clientOver(world.driver);
  }

  /** Only for cases that need one. */
  get operator(): QueueOperator {
    const { operator } = this.#world;
    if (operator === undefined) throw new TypeError("the case lacks needs: { operator: true }");
    return operator;
  }

  /** A client over a second connection, as another process would have. */
  async another(): Promise<QueueClient<unknown>> {
    const { another } = this.#world;
    if (another === undefined) {
      throw new TypeError('the case lacks needs: { "another connection": true }');
    }
    return this.#clientOver(await another());
  }

  /** Runs the handler as a process of one's own does, until the case ends or drains it. */
  consume(handler: MessageHandler | JobHandlers): Consumer {
    const { queue, options, clock } = this;
    const random = () => 0.5;
    const log = () => undefined;
    const handling = { queue, options, handler, onInvalid: "deadLetter", random, log } as const;
    const onEvent = () => void this.#settled++;
    const consumer = new Consumer(this.driver, { handling, clock, onEvent });
    consumer.start();
    this.#consumers.push(consumer);
    return consumer;
  }

  /** Waits for what happens by itself; fails if it does not. */
  async until(what: string, condition: () => boolean): Promise<void> {
    const met = await happens(condition, this.clock.patienceMs);
    assert(met, `${what} was expected, and did not happen`);
  }

  /** Waits until so many deliveries of this case's consumers are settled: only then may the clock go on. */
  settled(count: number): Promise<void> {
    return this.until(`settlement ${count}`, () => this.#settled >= count);
  }

  async close(): Promise<void> {
    for (const consumer of this.#consumers) {
      const drained = consumer.drain(0);
      while (!(await settles(drained, this.clock.patienceMs))) await this.clock.advance(1_000);
    }
    for (const client of this.#clients) await client.close();
    await this.#world.close();
  }

  /** Sends texts in order, one call each, and answers their ids. */
  async texts(...texts: readonly string[]): Promise<string[]> {
    const ids: string[] = [];
    for (const text of texts) ids.push((await this.client.sendText(text)).id);
    return ids;
  }

  /** Receives what is expected to be there, at most `count`, in as many calls as the platform needs. */
  async take(count: number, client = this.client): Promise<ReceivedMessage<unknown>[]> {
    const taken: ReceivedMessage<unknown>[] = [];
    while (taken.length < count) {
      const wanted = Math.min(count - taken.length, 100);
      const more = await this.#patiently(client.receive(this.queue, wanted, { wait: "1s" }));
      if (more.length === 0) break;
      taken.push(...more);
    }
    return taken;
  }

  /** All that can be received now. */
  async rest(client = this.client): Promise<ReceivedMessage<unknown>[]> {
    const taken: ReceivedMessage<unknown>[] = [];
    for (;;) {
      const more = await client.receive(this.queue, 10);
      if (more.length === 0) return taken;
      taken.push(...more);
    }
  }

  /** The one message that must be there. */
  async one(client = this.client): Promise<ReceivedMessage<unknown>> {
    const [message] = await this.take(1, client);
    assert(message, "a message was expected, and none came");
    return message;
  }

  /** Fails if anything can be received now. */
  async nothing(why: string, client = this.client): Promise<void> {
    const messages = await client.receive(this.queue, 10);
    assert.deepEqual(
      messages.map(({ id, payload, attempt }) => ({ id, payload, attempt })),
      [],
      why,
    );
  }

  /** The one message that must be there, as the driver gives it, and the receiver that holds it. */
  async delivery(): Promise<{ readonly delivery: Delivery; readonly receiver: Receiver }> {
    const receiver = await this.receiver();
    const [delivery] = await this.#patiently(receiver.take(1, 1_000));
    assert(delivery, "a delivery was expected, and none came");
    return { delivery, receiver };
  }

  receiver(leaseMs = this.options.leaseMs): Promise<Receiver> {
    return this.driver.open({ credit: 100, leaseMs });
  }

  /** Settles one delivery with the driver, which must say that it is done. */
  async settle(receiver: Receiver, delivery: Delivery, outcome: Outcome): Promise<void> {
    const [result] = await receiver.settle([{ delivery, outcome }]);
    assert(result?.ok, `${outcome.kind} was refused`);
  }

  /** Lets the lease of what is on loan end. */
  async endLeases(): Promise<void> {
    await this.clock.advance(this.options.leaseMs + this.precisionMs);
  }

  /** Moves one text to the dead letters, its id answered. */
  async kill(text: string, reason = "unreadable"): Promise<string> {
    const [id = ""] = await this.texts(text);
    await this.client.deadLetter(await this.one(), reason);
    return id;
  }

  /** Fails unless the call is refused with this code and says what to do. */
  async refused(code: ErrorCode, call: () => Promise<unknown>): Promise<AlienError> {
    const error = await call().then(
      () => assert.fail(`${code} was expected, and the call succeeded`),
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof AlienError)) throw error;
    assert.equal(error.code, code);
    assert(error.fix, `${code} does not say what to do`);
    return error;
  }

  /** What the promise answers by itself, without the clock being moved; fails if it goes on waiting. */
  async soon<T>(promise: Promise<T>): Promise<T> {
    assert(await settles(promise, this.clock.patienceMs), "it still waits");
    return promise;
  }

  /** A message that a driver lost ends the wait, by moving the clock, instead of hanging the case. */
  async #patiently<T>(received: Promise<readonly T[]>): Promise<readonly T[]> {
    while (!(await settles(received, this.clock.patienceMs))) await this.clock.advance(1_000);
    return received;
  }

  #clientOver(driver: QueueDriver): QueueClient<unknown> {
    const { queue, options, clock } = this.#world;
    const client = new QueueClient<unknown>(driver, { queue, options, clock });
    this.#clients.push(client);
    return client;
  }
}

/** What real input and output may take, on the machine's own clock; in memory a few turns are enough. */
const PATIENCE_MS = 5_000;
const PATIENCE_TURNS = 100;

async function settles(promise: Promise<unknown>, patienceMs?: number): Promise<boolean> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  promise.then(mark, mark);
  return happens(() => settled, patienceMs);
}

async function happens(condition: () => boolean, patienceMs = PATIENCE_MS): Promise<boolean> {
  const since = performance.now();
  for (let turn = 0; !condition(); turn++) {
    if (turn >= PATIENCE_TURNS && performance.now() - since >= patienceMs) return false;
    await new Promise(setImmediate);
  }
  return true;
}
