import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { type Surroundings, start } from "./child.ts";

/** One delivery, as `alien dev --json` reports it. */
export interface DeliveryEvent {
  readonly type: "delivery";
  readonly id: string;
  readonly attempt: number;
  readonly outcome: "ack" | "retry" | "deadLetter" | "release" | "lost";
  readonly durationMs: number;
}

/** `alien dev` of the stack in the root, as a child process. */
export class Dev {
  readonly deliveries: DeliveryEvent[] = [];
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  readonly #changed = new EventTarget();
  #ready = false;
  #over = false;

  constructor(surroundings: Surroundings) {
    this.#child = start("packages/cli/src/main.ts", ["dev", "--json"], surroundings);
    this.#ended = new Promise((resolve) => this.#child.once("close", resolve));
    void this.#ended.then(() => {
      this.#over = true;
      this.#changed.dispatchEvent(new Event("change"));
    });
    // It was told to end: that it did is all there is to know.
    this.#child.on("error", () => undefined);
    if (this.#child.stdout !== null) {
      createInterface({ input: this.#child.stdout }).on("line", (line) => this.#take(line));
    }
  }

  /** Until every function runs. */
  ready(): Promise<void> {
    return this.#until(() => this.#ready);
  }

  /** Until each of these messages has been acknowledged or became a dead letter. */
  finished(ids: readonly string[]): Promise<void> {
    return this.#until(() => {
      const done = this.deliveries.filter(({ outcome }) => isFinal(outcome)).map(({ id }) => id);
      return ids.every((id) => done.includes(id));
    });
  }

  /** Asks it to stop, as Ctrl-C does; answers its exit status. */
  stop(): Promise<number | null> {
    this.#child.kill("SIGINT");
    return this.#ended;
  }

  #take(line: string): void {
    // Our own command wrote it; what is not a known event is passed over.
    const event = JSON.parse(line) as { readonly type: string } | DeliveryEvent;
    if (event.type === "ready") this.#ready = true;
    if (event.type === "delivery") this.deliveries.push(event as DeliveryEvent);
    this.#changed.dispatchEvent(new Event("change"));
  }

  async #until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      if (this.#over) throw new Error("alien dev ended before its time");
      await once(this.#changed, "change");
    }
  }
}

function isFinal(outcome: DeliveryEvent["outcome"]): boolean {
  return outcome === "ack" || outcome === "deadLetter";
}
