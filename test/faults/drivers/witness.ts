import { type FaultEvent, monotonic, type Recorded } from "../history.ts";
import type { Fault, Operation } from "./fault-plan.ts";

/** One request that met a fault. */
export interface Met {
  readonly operation: Operation;
  readonly fault: Fault;
  readonly from: number;
  to: number | undefined;
}

/** An error that a driver told. */
export interface Told {
  readonly error: unknown;
  /** When the call began. */
  readonly from: number;
  readonly to: number;
  /** What it may have asked of the service. */
  readonly operations: readonly Operation[];
}

/** What actors and the wire saw in one run, in the order in which it happened: all of them are in one process. */
export class Witness {
  readonly history: Recorded[] = [];
  readonly faults: Met[] = [];
  readonly told: Told[] = [];
  #takes = 0;
  /** What broke a promise that no history shows: an error of the wrong kind, a call without an end. */
  readonly violations: string[] = [];

  write(actor: string, event: FaultEvent): void {
    this.history.push({ ...event, at: monotonic(), actor });
  }

  /** The service gave these out. */
  given(ids: readonly string[]): void {
    for (const id of ids) this.write("wire", { kind: "given", id });
  }

  /** A receive was given up: the service may have given anything out for it. */
  givenUp(): void {
    this.write("wire", { kind: "take-start", take: ++this.#takes });
  }

  /** The service may have more than one of these. */
  twice(ids: readonly string[]): void {
    for (const id of ids) this.write("wire", { kind: "twice", id });
  }

  /** A request meets a fault; the answer says that it is over. */
  meets(operation: Operation, fault: Fault): () => void {
    const met: Met = { operation, fault, from: monotonic(), to: undefined };
    this.faults.push(met);
    return () => {
      met.to = monotonic();
    };
  }
}

/** The ids of all messages in a request or an answer: every platform carries the envelope as text that begins so. */
export function idsIn(bytes: Buffer): readonly string[] {
  const envelopes = bytes.toString("latin1").matchAll(/\{\\*"v\\*":1,\\*"id\\*":\\*"([^"\\]+)/g);
  return [...envelopes].map(([, id = ""]) => id);
}
