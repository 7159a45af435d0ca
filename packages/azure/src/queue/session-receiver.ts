import type {
  Delivery,
  Outcome,
  Receiver,
  Settlement,
  SettleResult,
} from "@alienplatform/bindings";
import { translate } from "../errors.ts";
import type { HeldSession } from "./held-session.ts";
import { Lending } from "./lending.ts";
import { notBefore, toReceived } from "./message.ts";
import { Patience } from "./patience.ts";
import type { ReceiverOptions } from "./receiver.ts";
import { SessionPool } from "./session-pool.ts";
import { Settling } from "./settling.ts";

/** For a held session to show its next message; where that takes longer it is accepted once more. */
const NEXT_MS = 20;

/**
 * Takes messages of a FIFO queue, whose groups are sessions: one message at a time of each that it holds, several
 * sessions beside each other. A session with nothing more is given back.
 */
export class ServiceBusSessionReceiver implements Receiver {
  readonly #given: ReceiverOptions;
  readonly #pool: SessionPool;
  readonly #lending: Lending;
  readonly #settling: Settling;
  /** The sessions of which a message is on loan, by its receipt. */
  readonly #lent = new Map<string, HeldSession>();

  constructor(options: ReceiverOptions) {
    this.#given = options;
    this.#pool = new SessionPool(options);
    this.#settling = new Settling(options);
    this.#lending = new Lending({
      ...options,
      onEnd: (delivery, outcome) => this.#onEnd(delivery, outcome),
    });
  }

  /** One message each of as many sessions. Once one has come, those that follow without a pause come along. */
  async take(max: number, waitMs: number, signal?: AbortSignal): Promise<readonly Delivery[]> {
    if (this.#pool.closed || signal?.aborted) return [];
    const patience = new Patience(this.#given, waitMs);
    signal?.addEventListener("abort", patience.end, { once: true });
    const picks = Array.from({ length: max }, async () => {
      const delivery = await this.#pick(patience);
      if (delivery !== undefined) patience.rewarded();
      return delivery;
    });
    const picked = await Promise.allSettled(picks);
    patience.end();
    signal?.removeEventListener("abort", patience.end);
    const taken = picked.flatMap((pick) =>
      pick.status === "fulfilled" && pick.value !== undefined ? [pick.value] : [],
    );
    const held = taken.filter((delivery) => this.#isHeld(delivery));
    const failed = picked.find((pick) => pick.status === "rejected");
    // What has been taken is on loan and must be handed over; the next call tells what is wrong.
    if (held.length === 0 && failed !== undefined) {
      throw translate(failed.reason, this.#given.queue);
    }
    if (held.length === 0) this.#pool.disappointed();
    return held;
  }

  settle(batch: readonly Settlement[]): Promise<readonly SettleResult[]> {
    return this.#lending.settle(batch);
  }

  extend(deliveries: readonly Delivery[], leaseMs: number): Promise<readonly SettleResult[]> {
    return this.#lending.extend(deliveries, leaseMs);
  }

  /** What is on loan keeps its session. */
  close(): Promise<void> {
    const lent = new Set(this.#lent.values());
    return this.#pool.close((session) => lent.has(session));
  }

  /**
   * Without its link a session is free at once, and what was on loan is not counted as a delivery:
   * https://learn.microsoft.com/azure/service-bus-messaging/message-sessions#impact-of-delivery-count
   * So it is abandoned, which counts, before the connection goes.
   */
  async stop(): Promise<void> {
    await this.close();
    await this.#lending.abandonAll();
  }

  /** The next message of the next session that has one which may be handed out. */
  async #pick(patience: Patience): Promise<Delivery | undefined> {
    for (;;) {
      const session = await this.#pool.acquire(patience);
      if (session === undefined) return undefined;
      const delivery = await this.#next(session);
      if (delivery !== undefined) return delivery;
    }
  }

  async #next(session: HeldSession): Promise<Delivery | undefined> {
    const { clock, leaseMs, glanceMs } = this.#given;
    const { inHand, served } = session;
    session.inHand = undefined;
    try {
      // A session is accepted for a message that it has; later ones may have none.
      const maxWaitTimeInMs = served === 0 ? glanceMs : Math.min(NEXT_MS, glanceMs);
      const message = inHand ?? (await session.receive(maxWaitTimeInMs));
      if (message === undefined) {
        await this.#pool.drop(session);
        return undefined;
      }
      const dueAt = notBefore(message);
      if (dueAt > clock.now()) {
        session.inHand = message;
        this.#pool.holdBack(session, dueAt);
        return undefined;
      }
      const received = toReceived(message, this.#given.queue);
      const lock = { receiver: this.#settling, renew: () => session.renew() };
      session.served++;
      this.#lent.set(received.delivery.receipt, session);
      return this.#lending.lend(received, lock, session.lockUntil, clock.now() + leaseMs);
    } catch (error) {
      await this.#pool.drop(session);
      // Its lock has ended, which is nothing unusual.
      if (translate(error, this.#given.queue).code === "RECEIPT_EXPIRED") return undefined;
      throw error;
    }
  }

  /**
   * Whether it is still on loan. A session that was lost while others were waited for is free again, and what it had
   * may be among what was taken since.
   */
  #isHeld(delivery: Delivery): boolean {
    if (this.#lent.get(delivery.receipt)?.isClosed === false) return true;
    this.#lending.forget(delivery);
    return false;
  }

  #onEnd({ receipt }: Delivery, outcome: Outcome | undefined): void {
    const session = this.#lent.get(receipt);
    this.#lent.delete(receipt);
    if (session === undefined) return;
    const delayMs = outcome?.kind === "retry" ? outcome.delayMs : 0;
    // What is released is for others.
    if (outcome?.kind === "release") void this.#pool.drop(session);
    else if (delayMs > 0) this.#pool.holdBack(session, this.#given.clock.now() + delayMs);
    else this.#pool.putBack(session);
  }
}
