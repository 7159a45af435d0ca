import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { AlienError } from "@alienplatform/core";

const FIRST_PORT = 3000;
const TRIES = 100;

/**
 * Hands out ports on this machine, and the same one to the same function for as long as dev runs. Each is
 * kept from other programs until its function is about to listen there: a port that was merely seen free would
 * be given to another dev that starts at the same time.
 */
export class Ports {
  readonly #ports = new Map<string, number>();
  readonly #kept = new Map<string, Server>();
  readonly #wanted: number | undefined;
  #next: number;

  constructor(wanted: number | undefined) {
    this.#wanted = wanted;
    this.#next = wanted ?? FIRST_PORT;
  }

  async of(id: string): Promise<number> {
    const known = this.#ports.get(id);
    if (known !== undefined) return known;
    const port = await this.#keep(id);
    this.#ports.set(id, port);
    return port;
  }

  /** To be called when the function is about to listen on its port. */
  release(id: string): void {
    // The port is free when this returns, though the server's end comes later.
    this.#kept.get(id)?.close();
    this.#kept.delete(id);
  }

  async #keep(id: string): Promise<number> {
    for (let tries = 0; tries < TRIES; tries++) {
      const port = this.#next++;
      const server = await listenOn(port);
      if (server !== undefined) {
        this.#kept.set(id, server);
        return port;
      }
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

/** The first port that functions are given, and whether it can be had now. */
export async function firstPort(): Promise<{ readonly port: number; readonly free: boolean }> {
  const server = await listenOn(FIRST_PORT);
  server?.close();
  return { port: FIRST_PORT, free: server !== undefined };
}

/** Undefined where the port is not free. Who connects before the function listens is turned away. */
async function listenOn(port: number): Promise<Server | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return server.unref();
  } catch {
    // Taken, or not ours to take; both mean the next one.
    return undefined;
  }
}
