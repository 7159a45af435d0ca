import { type ExpectedDeadLetter, toHaveDeadLetter } from "./dead-letter.ts";
import { type ExpectedCounts, toHaveMessages, toHaveNoMessages } from "./messages.ts";
import { type ExpectedMessage, toHaveSent, toHaveSentTimes } from "./sent.ts";

/** For `expect.extend(queueMatchers)` in vitest or jest; "@alienplatform/testing/vitest" does it, with the types. */
export const queueMatchers = {
  toHaveSent,
  toHaveSentTimes,
  toHaveDeadLetter,
  toHaveMessages,
  toHaveNoMessages,
};

/**
 * What expect() can say of a queue, which is given by its declaration, its client or its name, and is the one of the
 * test queues that are open.
 */
export interface QueueMatchers<R = void> {
  /** At least one such message was sent to it, handled or not: `expect(mails).toHaveSent({ payload: { to: "ada" } })`. */
  toHaveSent(expected?: ExpectedMessage): R;
  /** Exactly so many such messages were sent to it. */
  toHaveSentTimes(times: number, expected?: ExpectedMessage): R;
  /** At least one such message is in its dead letters. To be awaited. */
  toHaveDeadLetter(expected?: ExpectedDeadLetter): Promise<R>;
  /** It has so many messages that are ready, delayed, in flight, dead. To be awaited. */
  toHaveMessages(expected: ExpectedCounts): Promise<R>;
  /** No message is ready, delayed or in flight. To be awaited. */
  toHaveNoMessages(): Promise<R>;
}
