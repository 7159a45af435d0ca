import type { Clock } from "../clock.ts";
import type { WholeResponse } from "../http/whole-response.ts";
import type { QueueBinding } from "./binding.ts";
import type { Delivery, PushedLoan, Settlement } from "./driver.ts";

/**
 * A function as a platform's entry sees it: its handlers behind one door. The entry turns the platform's event
 * into deliveries, and the settlements into the platform's answer.
 */
export interface PushedFunction {
  /** Loads the function's code at the first call. Fails with HANDLER_MISSING where it does not handle the queue. */
  queue(name: string): Promise<PushedQueue>;
  /** Whether it serves HTTP beside its queues. */
  servesHttp(): boolean;
  /**
   * What its own fetch answers: 404 where it serves no HTTP, 500 without a word where it fails, which is reported. Loads
   * the function's code at the first call. Never rejects.
   */
  fetch(request: Request): Promise<Response>;
  /** The same with its body read, for a host that is handed answers whole. */
  answer(request: Request): Promise<WholeResponse>;
  /** Tells whoever runs the function what went wrong beside its deliveries: a source that nobody knows. */
  report(error: unknown, queue?: string): void;
}

/** One queue that triggers the function. */
export interface PushedQueue {
  readonly binding: QueueBinding;
  readonly clock: Clock;
  /** 0 <= n < 1; for the pauses between repeated calls. */
  readonly random: () => number;
  /** Runs the handler over a batch: one settlement per delivery, in order. Never rejects. */
  deliver(batch: readonly Delivery[], loan: PushedLoan): Promise<readonly Settlement[]>;
}

/** A queue's logical name by what the platform's event calls its source; the bundler writes the table. */
export type Sources = Readonly<Record<string, string>>;
