import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";
import { OPTIONS } from "../ours.ts";
import type { CloudServer } from "./cloud-server.ts";

const { resultsMs: _, ...withoutResults } = OPTIONS;

/** The lease is what the servers lend for, and longer than any bench lasts. */
export const CLOUD_OPTIONS: QueueOptions = { ...withoutResults, leaseMs: 300_000 };

/** A service that ours is measured on, beside its own SDK used by hand. */
export interface Cloud {
  /** "SQS on fauxqs". */
  readonly name: string;
  /** Of the server, as children/cloud.ts has it. */
  readonly server: string;
  /** What the hand holds: "@aws-sdk/client-sqs". */
  readonly sdk: string;
  /** Messages of the largest call. */
  readonly batch: number;
  /** Makes a queue. */
  open(server: CloudServer): Promise<OpenCloud>;
}

export interface OpenCloud {
  readonly binding: Pick<QueueBinding, "platform" | "address">;
  readonly hand: Hand;
}

/**
 * The vendor's SDK as a careful program uses it: one call for each method here, whose answer is looked at message by
 * message where the vendor gives one for each.
 */
export interface Hand {
  send(message: Sent): Promise<unknown>;
  sendBatch(messages: readonly Sent[]): Promise<unknown>;
  /** At most so many, once there are any. */
  receive(max: number): Promise<readonly Received[]>;
  ack(messages: readonly Received[]): Promise<unknown>;
  close(): Promise<void>;
}

export interface Sent {
  readonly body: string;
  /** What travels beside it, in one attribute or what the vendor has for it; undefined is nothing. */
  readonly beside: string | undefined;
}

export interface Received extends Sent {
  /** What the SDK settles it by. */
  readonly handle: unknown;
}

/** What a careful program does where the vendor refused some of a batch. */
export function refuseAny(failed: readonly unknown[] = []): void {
  if (failed.length > 0) throw new Error(`${failed.length} messages were refused`);
}
