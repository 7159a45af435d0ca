import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { AwsCalls, AwsQuestion } from "../children/aws.ts";

/** An AWS in a process of its own, which notes its calls. */
export class AwsServer {
  readonly endpoint: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, endpoint: string) {
    this.#child = child;
    this.endpoint = endpoint;
  }

  /** Starts it, and makes the clients of this process find it. */
  static async start(): Promise<AwsServer> {
    const child = fork(fileURLToPath(new URL("../children/aws.ts", import.meta.url)));
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`AWS ended with status ${code}; bash .ci/install installs it`);
    });
    ended.catch(() => undefined); // also when it is stopped
    // The child says nothing else first.
    const [{ endpoint, region }] = (await Promise.race([once(child, "message"), ended])) as [
      { endpoint: string; region: string },
    ];
    process.env.AWS_ENDPOINT_URL = endpoint;
    process.env.AWS_REGION = region;
    process.env.AWS_ACCESS_KEY_ID ??= "any";
    process.env.AWS_SECRET_ACCESS_KEY ??= "any";
    return new AwsServer(child, endpoint);
  }

  /** Forgets the calls so far; each that comes takes so much longer. */
  async begin(delayMs = 0): Promise<void> {
    await this.#ask({ ask: "begin", delayMs });
  }

  async calls(): Promise<AwsCalls> {
    return (await this.#ask({ ask: "calls" })) as AwsCalls; // its answer to this
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, "exit");
    this.#child.disconnect();
    await ended;
  }

  async #ask(question: AwsQuestion): Promise<unknown> {
    this.#child.send(question);
    const [answer] = await once(this.#child, "message");
    return answer;
  }
}
