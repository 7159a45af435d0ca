import type { Bench } from "./bench.ts";
import type { ControllerCase } from "./world.ts";

/** One sentence of what a controller has to do, and how to see that it does. */
export interface ConformanceCase {
  /** The sentence; also the key of an exception. */
  readonly name: string;
  /** Why it does not apply to a case, in a reader's words; undefined where it does. */
  whyNot?(about: ControllerCase): string | undefined;
  /** A fresh world each time that `open` is called. */
  run(about: ControllerCase, open: () => Promise<Bench>): Promise<void>;
}
