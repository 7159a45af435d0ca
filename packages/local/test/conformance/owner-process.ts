import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { FROM_SOURCE } from "../../../../test/from-source.ts";
import type { Answer, Request } from "./owner.ts";

type Ask = Request extends infer One ? Omit<One, "number"> : never;

/** A process of its own that owns the stores of the cases and moves their clocks when told. */
export class OwnerProcess {
  #child: ChildProcess | undefined;
  #asked = 0;
  readonly #waiting = new Map<number, (answer: Answer) => void>();

  /** The time on the clock of the store afterwards. */
  async ask(request: Ask & { readonly byMs?: number }): Promise<number> {
    this.#child ??= this.#start();
    const number = ++this.#asked;
    const answered = new Promise<Answer>((resolve) => this.#waiting.set(number, resolve));
    this.#child.send({ ...request, number });
    const { now, error } = await answered;
    if (error !== undefined) throw new Error(error);
    return now;
  }

  async stop(): Promise<void> {
    if (this.#child === undefined) return;
    const exited = once(this.#child, "exit");
    this.#child.disconnect();
    await exited;
  }

  #start(): ChildProcess {
    const script = fileURLToPath(new URL("./owner.ts", import.meta.url));
    const execArgv = [...FROM_SOURCE];
    const child = fork(script, { execArgv });
    child.on("message", (answer: Answer) => {
      this.#waiting.get(answer.number)?.(answer);
      this.#waiting.delete(answer.number);
    });
    return child;
  }
}
