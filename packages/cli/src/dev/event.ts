import type { LogLine, Pause } from "@alienplatform/bindings";
import type { ErrorReport } from "../print/error.ts";

/** Everything that `alien dev` has to say, as data: printed as a line for people or as JSON for programs. */
export type DevEvent =
  | Ready
  | DeliveryDone
  | OutputLine
  /** What a handler logged. */
  | ({ readonly type: "log"; readonly function: string } & LogLine)
  | { readonly type: "warning"; readonly text: string }
  /** Something is wrong and dev goes on with what it had. */
  | {
      readonly type: "problem";
      readonly function?: string;
      readonly error: ErrorReport;
      /** It was told of another function just now: both are made of the same file. */
      readonly again?: true;
    }
  /** A function runs again; `changed` is empty where it came back from a crash. */
  | {
      readonly type: "restarted";
      readonly function: string;
      readonly changed: readonly string[];
      readonly durationMs: number;
    }
  /** Files of variables were saved, and no function gets anything else; the overruled ones dev's own environment has otherwise. */
  | {
      readonly type: "unchanged";
      readonly changed: readonly string[];
      readonly overruled: readonly string[];
    }
  /** A process ended by itself; without `restartInMs` the one before it goes on. */
  | {
      readonly type: "crashed";
      readonly function: string;
      readonly exit: string;
      readonly restartInMs?: number;
    }
  | {
      readonly type: "stackReloaded";
      readonly added: readonly string[];
      readonly removed: readonly string[];
      /** Those of `added` that could not be built or started: the problem was told before. */
      readonly failed: readonly string[];
    }
  /** An operator, or alien.ts, has paused the queue: no handler of it is called. */
  | ({ readonly type: "paused"; readonly queue: string } & Pause)
  | { readonly type: "resumed"; readonly queue: string }
  /** An operator has bound the queue to another function, or, without one, given it back to alien.ts. */
  | { readonly type: "bound"; readonly queue: string; readonly function?: string }
  | { readonly type: "stopping"; readonly signal: NodeJS.Signals }
  /** A second signal: handlers are cut off. */
  | { readonly type: "killed"; readonly signal: NodeJS.Signals }
  | { readonly type: "stopped"; readonly durationMs: number };

/** The stack is up: every function runs. */
export interface Ready {
  readonly type: "ready";
  readonly stack: string;
  readonly directory: string;
  readonly queues: readonly string[];
  readonly functions: readonly {
    readonly id: string;
    readonly queues: readonly string[];
    /** False where it could not be built or started: the problem was told before. */
    readonly running: boolean;
    readonly url?: string;
  }[];
  /** HTTP consumers that are not ours; dev posts to them. */
  readonly endpoints: readonly {
    readonly id: string;
    readonly queues: readonly string[];
    /** False where what posts to it could not be started: the problem was told before. */
    readonly running: boolean;
    readonly url: string;
  }[];
  /** Where the console is, unless there is none; the API is at the root of the same host. */
  readonly console?: string;
  readonly durationMs: number;
}

/** One delivery and what became of it. */
export interface DeliveryDone {
  readonly type: "delivery";
  readonly queue: string;
  readonly function: string;
  readonly id: string;
  readonly attempt: number;
  readonly outcome: "ack" | "retry" | "deadLetter" | "release" | "lost";
  /** Until the next attempt. */
  readonly delayMs?: number;
  readonly reason?: string;
  /** Where of the project's source the reason was thrown: "src/worker.ts:6:48". */
  readonly place?: string;
  /** The lines around it, and the project's own calls that led there; told once for each place. */
  readonly frame?: string;
  readonly calls?: readonly string[];
  readonly durationMs: number;
}

/** One line that a function's process wrote. */
export interface OutputLine {
  readonly type: "output";
  readonly function: string;
  readonly stream: "stdout" | "stderr";
  readonly line: string;
}
