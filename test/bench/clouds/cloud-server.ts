import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { CloudQuestion } from "../children/cloud.ts";

/** A service in a process of its own, which counts its requests. */
export class CloudServer {
  readonly endpoint: string;
  readonly #child: ChildProcess;
  #made = 0;

  private constructor(child: ChildProcess, endpoint: string) {
    this.#child = child;
    this.endpoint = endpoint;
  }

  static async start(name: string): Promise<CloudServer> {
    const child = fork(fileURLToPath(new URL("../children/cloud.ts", import.meta.url)), [name]);
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`the ${name} server ended with status ${code}`);
    });
    ended.catch(() => undefined); // also when it is stopped
    // The child says nothing else first.
    const [{ endpoint }] = (await Promise.race([once(child, "message"), ended])) as [
      { endpoint: string },
    ];
    return new CloudServer(child, endpoint);
  }

  /** Requests so far; NaN where its protocol has none. */
  requests(): Promise<number> {
    return this.#ask({ ask: "requests" });
  }

  /** The name of a new queue, made where clients cannot make it. */
  async make(): Promise<string> {
    const queue = `bench-${++this.#made}`;
    await this.#ask({ ask: "make", queue });
    return queue;
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  async #ask(question: CloudQuestion): Promise<number> {
    this.#child.send(question);
    // It answers nothing but this.
    const [{ requests }] = (await once(this.#child, "message")) as [{ requests: number | null }];
    return requests ?? Number.NaN;
  }
}
