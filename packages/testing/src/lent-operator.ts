import { LocalQueueOperator } from "@alienplatform/local/operate";

/** Operates a queue of a test's store; closing it leaves the store open. */
export class LentOperator extends LocalQueueOperator {
  override close(): Promise<void> {
    return Promise.resolve();
  }
}
