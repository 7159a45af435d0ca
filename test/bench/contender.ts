import type { Payload } from "./payload.ts";

/** A queue under measurement, ours or a peer's, opened on a fresh directory. */
export interface Contender {
  /** Resolves when the message is as durable as the contender was opened for. */
  send(payload: Payload): Promise<unknown>;
  /** Calls `handle` for each message, at most `concurrency` at once, until the answer is called. */
  consume(
    concurrency: number,
    handle: (payload: Payload) => void,
  ): Promise<{ stop(): Promise<void> }>;
  close(): Promise<void>;
}

export type OpenContender = (directory: string) => Promise<Contender>;
