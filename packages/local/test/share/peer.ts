import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { LocalQueues } from "../../src/engine/port.ts";

/** What travels to the process of a peer, and back. */
export interface PeerCall {
  readonly call: number;
  readonly method: keyof LocalQueues;
  readonly parameters: readonly unknown[];
}

export interface PeerAnswer {
  readonly call: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** Bundles the peers' program into a folder, once for all of them: a start then takes no compiler. */
export async function bundlePeer(folder: string): Promise<string> {
  const program = join(folder, "peer.mjs");
  const modules = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
  await symlink(modules, join(folder, "node_modules"));
  await build({
    entryPoints: [fileURLToPath(new URL("peer-process.ts", import.meta.url))],
    outfile: program,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@alienplatform/source"],
    external: ["classic-level", "@alienplatform/deploy"],
  });
  return program;
}

/** Another process that uses the queues of a directory, and does as it is told. */
export class Peer {
  readonly process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolversLike>();
  #calls = 0;

  private constructor(program: string, directory: string) {
    this.process = fork(program, [directory], { execArgv: [] });
    this.process.on("message", (answer: PeerAnswer) => {
      const waiting = this.#waiting.get(answer.call);
      this.#waiting.delete(answer.call);
      if (answer.error === undefined) waiting?.resolve(answer.value);
      else waiting?.reject(Object.assign(new Error(answer.error.message), answer.error));
    });
  }

  /** Resolves when the process is up; it opens nothing by itself. */
  static async start(program: string, directory: string): Promise<Peer> {
    const peer = new Peer(program, directory);
    await once(peer.process, "message");
    return peer;
  }

  /** Calls a method of the queues over there. */
  call<Value = unknown>(
    method: keyof LocalQueues,
    ...parameters: readonly unknown[]
  ): Promise<Value> {
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
