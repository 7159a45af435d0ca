import { type Opener, replaceOpener } from "./open-driver.ts";
import { reopenHandles } from "./queue.ts";
import { rememberHandlers } from "./registry.ts";

export type { OpenDriver, Opener } from "./open-driver.ts";
export { type Registration, registered } from "./registry.ts";

/** For @alienplatform/testing: answers for every queue of this process until the result is called. */
export function useQueues(open: Opener): () => void {
  const restore = replaceOpener(open);
  const forgetHandlers = rememberHandlers();
  reopenHandles();
  return () => {
    restore();
    forgetHandlers();
    reopenHandles();
  };
}
