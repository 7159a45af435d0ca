import { VirtualClock } from "@alienplatform/bindings";
import type { WorldClock } from "@alienplatform/bindings/conformance";

/** Turns of the event loop without a request or an answer after which nothing is under way between the two sides. */
const QUIET_TURNS = 25;

/** What is on the sockets of a server. */
interface Sockets {
  /** Changes whenever a request comes or is answered. */
  readonly events: number;
  /** Requests of its own that nobody has answered yet. */
  readonly underWay?: number;
}

/** A wound clock that the drivers and their server share; it waits for what is on the sockets. */
export class WireClock implements WorldClock {
  /** Deadlines are whole seconds. */
  readonly precisionMs = 1_000;
  readonly #clock = new VirtualClock();
  readonly #servers: Sockets[] = [];

  serve(server: Sockets): void {
    this.#servers.push(server);
  }

  now(): number {
    return this.#clock.now();
  }

  schedule(delayMs: number, run: () => void): () => void {
    return this.#clock.schedule(delayMs, run);
  }

  /** From timer to timer, so that what one sets off over a socket has happened when the next one fires. */
  async advance(byMs: number): Promise<void> {
    const until = this.now() + byMs;
    await this.#quiet();
    for (;;) {
      const next = this.#clock.next ?? Number.POSITIVE_INFINITY;
      if (next > until) break;
      await this.#clock.advance(Math.max(0, next - this.now()));
      await this.#quiet();
    }
    await this.#clock.advance(until - this.now());
    await this.#quiet();
  }

  async #quiet(): Promise<void> {
    let seen = -1;
    for (let turns = 0; turns < QUIET_TURNS; turns++) {
      let events = 0;
      let underWay = 0;
      for (const server of this.#servers) {
        events += server.events;
        underWay += server.underWay ?? 0;
      }
      if (events !== seen || underWay > 0) turns = 0;
      seen = events;
      await new Promise((turned) => setImmediate(turned));
    }
  }
}
