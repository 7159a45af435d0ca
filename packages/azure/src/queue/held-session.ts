import type { Clock } from "@alienplatform/bindings";
import type { ServiceBusReceivedMessage, ServiceBusSessionReceiver } from "@azure/service-bus";
import type { ConnectedClient } from "../connected-client.ts";

/** The SDK has to be told some time. */
const LONGEST_MS = 3_600_000;

/** A session that this process has locked. Its lock covers whatever of it is received. */
export class HeldSession {
  /** Messages handed out since it was accepted. */
  served = 0;
  /** Received and not yet handed out, since it is to wait for its retry. */
  inHand: ServiceBusReceivedMessage | undefined;
  /** By this machine's clock, milliseconds since the epoch. */
  lockUntil: number;
  readonly #receiver: ServiceBusSessionReceiver;
  readonly #connected: ConnectedClient;
  readonly #clock: Clock;
  readonly #lockMs: number;
  #cancel: () => void = () => undefined;
  #cancelRenewal: () => void = () => undefined;

  constructor(
    receiver: ServiceBusSessionReceiver,
    connected: ConnectedClient,
    clock: Clock,
    lockMs: number,
  ) {
    this.#receiver = receiver;
    this.#connected = connected;
    this.#clock = clock;
    this.#lockMs = lockMs;
    this.lockUntil = clock.now() + lockMs;
  }

  /** Its link is gone, and its lock with it. */
  get isClosed(): boolean {
    return this.#connected.isCut || this.#receiver.isClosed;
  }

  /**
   * Its next message; undefined where none comes in time, and then it is to be closed, which gives back what is on its
   * way. So nothing is drained: the SDK gives that 200 ms, and closes the link then so that nobody hears of a failure.
   */
  async receive(maxWaitMs: number): Promise<ServiceBusReceivedMessage | undefined> {
    const ending = new AbortController();
    const late = setTimeout(() => ending.abort(), maxWaitMs);
    try {
      const [message] = await this.#connected.receive(this.#receiver, 1, LONGEST_MS, ending);
      return message;
    } catch (error) {
      if (error instanceof Error && error.name === "AbortError") return undefined;
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  async renew(): Promise<void> {
    const askedAt = this.#clock.now();
    await this.#connected.answer(() => this.#receiver.renewSessionLock());
    this.lockUntil = askedAt + this.#lockMs;
  }

  /** Calls `run` after so long, unless something else is arranged before. */
  after(delayMs: number, run: () => void): void {
    this.#cancel();
    this.#cancel = this.#clock.schedule(delayMs, run);
  }

  /** Renews the lock until something else is arranged; where that fails the session is gone, and found so later. */
  keep(): void {
    this.#cancelRenewal();
    const wait = Math.max(0, this.lockUntil - this.#clock.now()) / 2;
    this.#cancelRenewal = this.#clock.schedule(wait, () => {
      this.renew().then(
        () => this.keep(),
        () => undefined,
      );
    });
  }

  /** Forgets what was arranged. */
  rest(): void {
    this.#cancel();
    this.#cancelRenewal();
  }

  /** Gives the session back, with what is in hand: neither counts as a delivery. */
  async close(): Promise<void> {
    this.rest();
    const closing = this.#connected.answer(() => this.#receiver.close());
    await closing.catch(() => undefined); // it went with its connection
  }
}
