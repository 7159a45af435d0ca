import { expect } from "vitest";
import { type QueueMatchers, queueMatchers } from "./matchers/queue-matchers.ts";

// Importing this file is all that a test, or a setup file of vitest, has to do.
expect.extend(queueMatchers);

declare module "vitest" {
  interface Matchers<T> extends QueueMatchers {}
}

export type { QueueMatchers };
