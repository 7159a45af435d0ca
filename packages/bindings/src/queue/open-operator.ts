import type { Clock } from "../clock.ts";
import type { QueueOperator } from "./operator.ts";
import type { Schema } from "./schema.ts";

/** The operator of a queue once it is reached, and the time it goes by. */
export interface OpenOperator {
  readonly operator: QueueOperator;
  readonly clock: Clock;
}

/** Reaches an operator; the first use calls it, and after a failure the next. */
export type OperatorOpener = () => OpenOperator | Promise<OpenOperator>;

export interface QueueOperationsOptions {
  readonly queue: string;
  /** Checks what a dead letter's payload is edited to. */
  readonly schema?: Schema | undefined;
}
