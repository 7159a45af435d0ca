import cluster, { type Worker } from "node:cluster";
import type { FunctionMessage } from "@alienplatform/sdk/function";
import type { Environment } from "./environment.ts";
import { readLines } from "./lines.ts";

/** A process that listens ends its handlers by itself after 25 seconds; one in an endless loop does not listen. */
const LONGEST_DRAIN_MS = 30_000;
/** One that has not started has nothing in hand; its file may await for ever what it does not get. */
const UNSTARTED_DRAIN_MS = 1_000;

/** What a function's process is started with. */
export interface Launch {
  /** The bundle. */
  readonly file: string;
  readonly directory: string;
  readonly environment: Environment;
  /** For node itself. */
  readonly nodeArguments: readonly string[];
  /** Called when the process is about to listen on its port. */
  readonly onListen: () => void;
}

/** What a function's process says. */
export interface FunctionListener {
  onMessage(message: FunctionMessage): void;
  onLine(stream: "stdout" | "stderr", line: string): void;
}

/**
 * One life of a function's process. It is a cluster worker: two lives of one function listen on the same
 * port while one takes over from the other, and none outlives dev, however dev ends.
 */
export class FunctionProcess {
  /** Resolves to how its start went: it is ready, it said why it is not, or it just ended. */
  readonly started: Promise<"ready" | "refused" | "ended">;
  /** Resolves to how it ended: "with exit code 1", "by SIGKILL". */
  readonly exited: Promise<string>;
  /** Resolves when it takes nothing more: it has said so after drain(), or has ended. */
  readonly drained: Promise<void>;
  readonly #worker: Worker;
  #deadline: NodeJS.Timeout | undefined;
  #ready = false;

  constructor(launch: Launch, listener: FunctionListener) {
    cluster.setupPrimary({
      exec: launch.file,
      args: [],
      execArgv: [...launch.nodeArguments, "--enable-source-maps"],
      cwd: launch.directory,
      // The worker must not read what the user types for dev.
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "json",
    });
    const worker = cluster.fork(launch.environment);
    this.#worker = worker;
    const { stdout, stderr } = worker.process;
    if (stdout !== null) readLines(stdout, (line) => listener.onLine("stdout", line));
    if (stderr !== null) readLines(stderr, (line) => listener.onLine("stderr", line));
    // "close" and not "exit": what it wrote last is read first.
    this.exited = new Promise((resolve) => {
      worker.process.once("close", (code, signal) => {
        resolve(signal === null ? `with exit code ${code}` : `by ${signal}`);
      });
    });
    let drained: () => void = () => undefined;
    this.drained = new Promise((resolve) => {
      drained = resolve;
    });
    void this.exited.then(drained);
    const said = new Promise<"ready" | "refused">((resolve) => {
      worker.on("message", (message: unknown) => {
        if (!isFunctionMessage(message)) return;
        if (message.type === "ready") {
          this.#ready = true;
          if (this.#deadline !== undefined) this.#endWithin(LONGEST_DRAIN_MS);
          resolve("ready");
        }
        // What it asks of the primary process to listen comes after this, on the same channel.
        if (message.type === "listen") launch.onListen();
        if (message.type === "draining") drained();
        // An error of one queue is for its consumer to live with.
        if (message.type === "error" && message.queue === undefined) resolve("refused");
        listener.onMessage(message);
      });
    });
    this.started = Promise.race([said, this.exited.then(() => "ended" as const)]);
  }

  /** Lets it finish what it has in hand; it takes no more. One that cannot even hear that is ended. */
  drain(): void {
    if (this.#deadline !== undefined) return;
    this.#worker.process.kill("SIGTERM");
    this.#endWithin(this.#ready ? LONGEST_DRAIN_MS : UNSTARTED_DRAIN_MS);
    void this.exited.then(() => clearTimeout(this.#deadline));
  }

  #endWithin(limitMs: number): void {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.kill(), limitMs).unref();
  }

  kill(): void {
    this.#worker.process.kill("SIGKILL");
  }
}

const TYPES = ["listen", "ready", "draining", "delivery", "log", "error"];

/** The user's code may send messages too; ours are told by their type. */
function isFunctionMessage(message: unknown): message is FunctionMessage {
  if (typeof message !== "object" || message === null || !("type" in message)) return false;
  return typeof message.type === "string" && TYPES.includes(message.type);
}
