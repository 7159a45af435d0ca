import type { TestRunner } from "@alienplatform/bindings/conformance";
import { describe, it } from "vitest";

/** The cases that move megabytes, which would keep the process from being in time for those that wait beside them. */
const LARGE = [
  "a message of exactly the largest size is sent and comes back whole",
  "a batch heavier than the platform's is sent whole",
  "a batch with one oversized message sends the others and names the failed one",
  "a driver says of each message of a batch, in its own place, whether it was sent",
  "a message of exactly the largest size can die and be redriven",
];

/** Runs cases beside each other, then the large ones one after the other: `end` registers those. */
export class LargeApart implements TestRunner {
  readonly describe = describe.concurrent;
  readonly #large: (() => void)[] = [];

  it(name: string, run: Parameters<TestRunner["it"]>[1]): void {
    if (LARGE.includes(name)) this.#large.push(() => it(name, run));
    else it.concurrent(name, run);
  }

  end(name: string): void {
    describe(name, () => {
      for (const register of this.#large) register();
    });
  }
}
