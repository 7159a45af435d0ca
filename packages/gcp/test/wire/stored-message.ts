import type { google } from "@google-cloud/pubsub/build/protos/protos.js";

export type PubsubMessage = google.pubsub.v1.IPubsubMessage;

/** One message of one subscription. */
export interface StoredMessage {
  readonly message: PubsubMessage;
  readonly publishedAt: number;
  /** Negative acknowledgements, and deadlines that were exceeded. */
  failures: number;
  /** Undefined while it waits. */
  loan: Loan | undefined;
}

export interface Loan {
  readonly ackId: string;
  readonly until: number;
  readonly cancel: () => void;
}
