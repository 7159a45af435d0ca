import { type Opener, replaceOpener } from "./open-driver.ts";
import { type OperatorOpener, replaceOperatorOpener } from "./operator-opener.ts";
import { reopenHandles } from "./queue.ts";
import { rememberHandlers } from "./registry.ts";

export type { OpenDriver, Opener } from "./open-driver.ts";
export type { OperatorOpener } from "./operator-opener.ts";
export { type Registration, registered } from "./registry.ts";
export { loadTelemetry, telemetryOf } from "./telemetry.ts";

/** For @alienplatform/testing: answers for every queue of this process until the result is called. */
export function useQueues(open: Opener, openOperator?: OperatorOpener): () => void {
  const restore = replaceOpener(open);
  const restoreOperators = openOperator && replaceOperatorOpener(openOperator);
  const forgetHandlers = rememberHandlers();
  reopenHandles();
  return () => {
    restore();
    restoreOperators?.();
    forgetHandlers();
    reopenHandles();
  };
}
