import assert from "node:assert/strict";
import { AlienError, type Duration, type ErrorCode } from "@alienplatform/core";
import type { QueueOptions } from "../src/queue/binding.ts";
import { QueueClient } from "../src/queue/client.ts";
import { Consumer } from "../src/queue/consumer.ts";
import type { Delivery, Outcome, QueueDriver, Receiver } from "../src/queue/driver.ts";
import type { JobHandlers, MessageHandler } from "../src/queue/handle.ts";
import type { QueueInspector } from "../src/queue/inspector.ts";
import type { ReceivedMessage } from "../src/queue/message.ts";
import type { QueueOperator } from "../src/queue/operator.ts";
import { type CaseClock, rationed } from "./rationed-clock.ts";
import type { QueueWorld } from "./world.ts";

/** What a case works with: a client over the world's driver, and the few steps that most cases take. */
export class Bench {
  readonly queue: string;
  readonly options: QueueOptions;
  readonly driver: QueueDriver;
  readonly client: QueueClient<unknown>;
  readonly clock: CaseClock;
  readonly precisionMs: number;
  readonly #world: QueueWorld;
  readonly #clients: QueueClient<unknown>[] = [];
  readonly #consumers: Consumer[] = [];
  #settled = 0;
  /** What `almost` left of its wait. */
  #leftMs = 0;

  constructor(world: QueueWorld) {
    this.#world = world;
    this.queue = world.queue;
    this.options = world.options;
    this.driver = world.driver;
    this.clock = rationed(world.clock);
    this.precisionMs = world.clock.precisionMs ?? 1;
    this.client = this.#clientOver(world.driver);
  }

  /** Only for cases that need one. */
  get operator(): QueueOperator {
    const { operator } = this.#world;
    if (operator === undefined) throw new TypeError("the case lacks needs: { operator: true }");
    return operator;
  }

  /** Only for cases that need one. */
  get inspector(): QueueInspector {
    const { inspector } = this.operator;
    if (inspector === undefined) throw new TypeError("the case lacks needs: { inspector: true }");
    return inspector;
  }

  /** The platform's other queue. */
  get sibling(): { readonly client: QueueClient<unknown>; readonly operator: QueueOperator } {
    const { clock } = this;
    const { sibling, options } = this.#world;
    if (sibling === undefined) {
      throw new TypeError('the case lacks needs: { "a second queue": true }');
    }
    // Not closed with the case: its connection is the world's.
    const client = new QueueClient<unknown>(sibling.driver, {
      queue: sibling.queue,
      options,
      clock,
    });
    return { client, operator: sibling.operator };
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
  consume(
    handler: MessageHandler | JobHandlers,
    { random = () => 0.5 }: { readonly random?: () => number } = {},
  ): Consumer {
    const { queue, options, clock } = this;
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
    const met = await happens(condition, this.#failsAfterMs);
    assert(met, `${what} was expected, and did not happen`);
  }

  /** Waits until so many deliveries of this case's consumers are settled: only then may the clock go on. */
  settled(count: number): Promise<void> {
    return this.until(`settlement ${count}`, () => this.#settled >= count);
  }

  async close(): Promise<void> {
    for (const consumer of this.#consumers) {
      const drained = consumer.drain(0);
      await this.#world.clock.advance(0);
      while (!(await settles(drained, this.clock.patienceMs))) {
        await this.#world.clock.advance(1_000);
      }
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
      const { wait } = this;
      const more = await this.#patiently(client.receive(client.name, wanted, { wait }));
      if (more.length === 0) break;
      taken.push(...more);
    }
    return taken;
  }

  /** All that can be received now. */
  async rest(client = this.client): Promise<ReceivedMessage<unknown>[]> {
    const taken: ReceivedMessage<unknown>[] = [];
    for (;;) {
      const more = await client.receive(client.name, 10);
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
    const messages = await client.receive(client.name, 10);
    assert.deepEqual(
      messages.map(({ id, payload, attempt }) => ({ id, payload, attempt })),
      [],
      why,
    );
  }

  /** The one message that must be there, as the driver gives it, and the receiver that holds it. */
  async delivery(): Promise<{ readonly delivery: Delivery; readonly receiver: Receiver }> {
    const receiver = await this.receiver();
    const [delivery] = await this.#patiently(receiver.take(1, this.waitMs));
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

  /** How long to wait for what must be there: longer where time is real, on a machine that is busy. */
  get waitMs(): number {
    return this.clock.lateMs === undefined ? 1_000 : 10_000;
  }

  get wait(): Duration {
    return `${this.waitMs}ms`;
  }

  /** A send's delay that no case waits for, as long as the platform allows. */
  get longDelay(): Duration {
    return `${Math.min(HOUR_MS, this.driver.capabilities.delayMaxMs)}ms`;
  }

  /** The same for a retry. */
  get longRetry(): Duration {
    return `${Math.min(HOUR_MS, this.driver.capabilities.retryDelay.maxMs)}ms`;
  }

  /** Lets almost so much time pass: what is due then is not due yet, however the platform rounds. */
  async almost(waitMs: number): Promise<void> {
    const passedMs = this.clock.now() - this.clock.steppedAt;
    // Where time is real, the look that follows must not come late itself.
    const earlyMs = this.precisionMs + Math.min(this.clock.lateMs ?? 0, waitMs / 4);
    this.#leftMs = passedMs + earlyMs;
    await this.clock.advance(Math.max(0, waitMs - this.#leftMs));
  }

  /** Lets the rest of it pass, and as much more as the platform may be late. */
  async due(lateMs = this.precisionMs - 1): Promise<void> {
    await this.clock.advance(this.#leftMs + lateMs);
  }

  /** Lets the lease of what is on loan end. */
  async endLeases(): Promise<void> {
    await this.clock.advance(this.options.leaseMs + this.precisionMs);
  }

  /** Lets a message that waits for a place of its key be looked at again, where nobody tells it at once. */
  async looksAgain(): Promise<void> {
    if (!this.driver.capabilities.keyTurns) await this.clock.advance(1_000 + this.precisionMs);
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
    assert(await settles(promise, this.#failsAfterMs), "it still waits");
    return promise;
  }

  /** Longer than what moves the clock may wait: how busy a machine is must not decide. */
  get #failsAfterMs(): number {
    const { patienceMs = PATIENCE_MS } = this.clock;
    return patienceMs === 0 ? 0 : Math.max(patienceMs, FAILS_AFTER_MS);
  }

  /** A message that a driver lost ends the wait, by moving the clock, instead of hanging the case. */
  async #patiently<T>(received: Promise<readonly T[]>): Promise<readonly T[]> {
    while (!(await settles(received, this.clock.patienceMs)))
      await this.#world.clock.advance(1_000);
    return received;
  }

  #clientOver(driver: QueueDriver): QueueClient<unknown> {
    const { clock } = this;
    const { queue, options } = this.#world;
    const client = new QueueClient<unknown>(driver, { queue, options, clock });
    this.#clients.push(client);
    return client;
  }
}

const HOUR_MS = 60 * 60 * 1_000;

/** What real input and output may take, on the machine's own clock; in memory a few turns are enough. */
const PATIENCE_MS = 5_000;
const FAILS_AFTER_MS = 15_000;
const PATIENCE_TURNS = 100;
const LOOK_MS = 2;

async function settles(promise: Promise<unknown>, patienceMs?: number): Promise<boolean> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  promise.then(mark, mark);
  return happens(() => settled, patienceMs);
}

async function happens(condition: () => boolean, patienceMs = PATIENCE_MS): Promise<boolean> {
  // Looks are counted, and not the time: what stands still with the whole machine has not been waited for.
  const looks = PATIENCE_TURNS + patienceMs / LOOK_MS;
  for (let turn = 0; !condition(); turn++) {
    if (turn >= looks) return false;
    // In memory a turn is enough; what takes longer is looked at less often, to leave it the machine.
    await new Promise((turned) =>
      turn < PATIENCE_TURNS ? setImmediate(turned) : setTimeout(turned, LOOK_MS),
    );
  }
  return true;
}
