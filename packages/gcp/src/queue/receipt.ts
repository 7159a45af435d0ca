/**
 * What settles one delivery: Pub/Sub's acknowledgement id, and whether Pub/Sub counts the deliveries of this
 * subscription, which says what a retry has to do.
 */
export interface Receipt {
  readonly ackId: string;
  /** Pub/Sub counts where the subscription has a dead-letter policy. */
  readonly counted: boolean;
}

const COUNTED = "c:";
const UNCOUNTED = "u:";

export function writeReceipt({ ackId, counted }: Receipt): string {
  return `${counted ? COUNTED : UNCOUNTED}${ackId}`;
}

/** A forged one is read as it is: Pub/Sub knows what it is worth. */
export function readReceipt(receipt: string): Receipt {
  const ackId = receipt.slice(COUNTED.length);
  return { ackId, counted: !receipt.startsWith(UNCOUNTED) };
}
