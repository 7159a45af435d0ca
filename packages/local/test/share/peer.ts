import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { LocalQueues } from "../../src/engine/port.ts";

/** Of the queues over there, and `advance` of the clock of a peer that has a virtual one. */
export type PeerMethod = keyof LocalQueues | "advance";

export interface PeerOptions {
  readonly patienceMs?: number;
  /** Its queues live by a clock that only `advance` moves. */
  readonly virtualClock?: boolean;
}

/** What travels to the process of a peer, and back. */
export interface PeerCall {
  readonly call: number;
  readonly method: PeerMethod;
  readonly parameters: readonly unknown[];
}

export interface PeerAnswer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Another process that uses the queues of a directory, and does as it is told. */
export class Peer {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolversLike>();
  #calls = 0;

  private constructor(directory: string, options: PeerOptions) {
    this.process = fork(
      fileURLToPath(new URL("peer-process.ts", import.meta.url)),
      [directory, JSON.stringify(options)],
      { execArgv: ["--conditions=@alienplatform/source", "--import", "tsx"] },
    );
    this.process.on("message", (answer: PeerAnswer) => {
      const waiting = this.#waiting.get(answer.call);
      this.#waiting.delete(answer.call);
      if (answer.error === undefined) waiting?.resolve(answer.value);
      else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
    });
  }

  /** Resolves when the process is up; it opens nothing by itself. */
  static async start(directory: string, options: PeerOptions = {}): Promise<Peer> {
    const peer = new Peer(directory, options);
    await once(peer.process, "message");
    return peer;
  }

  /** Calls a method of the queues over there. */
  call<Value = unknown>(method: PeerMethod, ...parameters: readonly unknown[]): Promise<Value> {
    const call = ++this.#calls;
    const message: PeerCall = { call, method, parameters };
    this.process.send(message);
    return new Promise<Value>((resolve, reject) => {
      this.#waiting.set(call, { resolve: (value) => resolve(value as Value), reject });
    });
  }

  signal(signal: NodeJS.Signals): void {
    this.process.kill(signal);
  }

  /** Ends the process as a crash does. */
  async kill(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const exited = once(this.process, "exit");
    this.process.kill("SIGKILL");
    await exited;
  }

  /** Lets the process come to its own end; answers its exit code. */
  async finish(): Promise<number | null> {
    const exited = once(this.process, "exit");
    this.process.disconnect();
    const [code] = (await exited) as [number | null];
    return code;
  }
}

interface PromiseWithResolversLike {
  resolve(value: unknown): void;
  reject(error: Error): void;
}
