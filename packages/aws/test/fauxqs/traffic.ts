import type { SqsClients } from "../../src/client.ts";

/** Counts the requests of clients. */
export class Traffic {
  underWay = 0;
  /** Requests that began, and that ended. */
  moves = 0;

  watch({ calls, polls }: SqsClients): void {
    for (const client of [calls, polls]) {
      client.middlewareStack.add((next) => (call) => this.count(() => next(call)), {
        step: "initialize",
        priority: "high",
        name: "traffic",
      });
    }
  }

  async count<T>(call: () => Promise<T>): Promise<T> {
    this.underWay++;
    this.moves++;
    try {
      return await call();
    } finally {
      this.underWay--;
      this.moves++;
    }
  }
}
