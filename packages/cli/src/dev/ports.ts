import { once } from "node:events";
import { createServer } from "node:net";
import { AlienError } from "@alienplatform/core";

const FIRST_PORT = 3000;
const TRIES = 100;

/** Hands out ports on this machine, and the same one to the same function for as long as dev runs. */
export class Ports {
  readonly #ports = new Map<string, number>();
  readonly #wanted: number | undefined;
  #next: number;

  constructor(wanted: number | undefined) {
    this.#wanted = wanted;
    this.#next = wanted ?? FIRST_PORT;
  }

  async of(id: string): Promise<number> {
    const known = this.#ports.get(id);
    if (known !== undefined) return known;
    const port = await this.#free();
    this.#ports.set(id, port);
    return port;
  }

  async #free(): Promise<number> {
    for (let tries = 0; tries < TRIES; tries++) {
      const port = this.#next++;
      if (await isFree(port)) return port;
      // What was asked for by number is not replaced by another.
      if (port === this.#wanted) break;
    }
    const what = this.#wanted ?? `every port from ${FIRST_PORT} to ${this.#next - 1}`;
    throw new AlienError(
      "PORT_IN_USE",
      `${what === this.#wanted ? "port " : ""}${what} is in use`,
      {
        fix: "Stop the program that listens there, or choose another with --port.",
      },
    );
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    // Taken, or not ours to take; both mean the next one.
    return false;
  } finally {
    server.close();
  }
}
