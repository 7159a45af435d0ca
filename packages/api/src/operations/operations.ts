import type { Clock } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Problem } from "../problem/problem.ts";

const MOST_KEPT = 100;
const MOST_RUNNING = 20;

/** Bulk work on the server: where it stands. */
export interface Operation {
  readonly id: string;
  readonly kind: "redrive" | "discard";
  readonly queue: string;
  readonly status: "RUNNING" | "SUCCEEDED" | "FAILED" | "CANCELLED";
  /** Letters so far. */
  readonly done: number;
  /** How many there were, where that is known. */
  readonly total?: number;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly error?: Problem;
}

/** What an operation does: tells how many are done, stops when it is told to, and answers how many in the end. */
export type Work = (signal: AbortSignal, progress: (done: number) => void) => Promise<number>;

/** Runs bulk work, and remembers it: until this process ends, the latest hundred. */
export class Operations {
  readonly #clock: Clock;
  readonly #problem: (thrown: unknown) => Problem;
  readonly #all = new Map<string, { operation: Operation; readonly stop: AbortController }>();
  readonly #listeners = new Set<(operation: Operation) => void>();

  /** `problem` tells what ended one. */
  constructor(clock: Clock, problem: (thrown: unknown) => Problem) {
    this.#clock = clock;
    this.#problem = problem;
  }

  /** Begins it; the newest are listed first. */
  start(
    { kind, queue, total }: Pick<Operation, "kind" | "queue" | "total">,
    work: Work,
  ): Operation {
    const running = this.list().filter(({ status }) => status === "RUNNING").length;
    if (running >= MOST_RUNNING) {
      throw new AlienError("THROTTLED", `${running} operations run already`, {
        fix: "Wait for one of them, or end it: DELETE /operations/:id.",
        retryable: true,
      });
    }
    const operation: Operation = {
      id: crypto.randomUUID(),
      kind,
      queue,
      status: "RUNNING",
      done: 0,
      ...(total === undefined ? {} : { total }),
      startedAt: this.#clock.now(),
    };
    const stop = new AbortController();
    this.#all.set(operation.id, { operation, stop });
    this.#forget();
    void this.#run(operation.id, stop.signal, work);
    return operation;
  }

  list(): readonly Operation[] {
    return [...this.#all.values()].map(({ operation }) => operation).reverse();
  }

  /** Throws UNKNOWN_OPERATION. */
  get(id: string): Operation {
    return this.#entry(id).operation;
  }

  /** Asks it to stop: what is done stays done. */
  cancel(id: string): Operation {
    const { operation, stop } = this.#entry(id);
    if (operation.status === "RUNNING") {
      stop.abort();
      this.#change(id, { status: "CANCELLED", endedAt: this.#clock.now() });
    }
    return this.get(id);
  }

  /** Calls the listener with each change, until the answer is called. */
  listen(listener: (operation: Operation) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    for (const { operation } of this.#all.values()) this.cancel(operation.id);
  }

  async #run(id: string, signal: AbortSignal, work: Work): Promise<void> {
    try {
      const done = await work(signal, (so) => this.#change(id, { done: so }));
      this.#end(id, { status: "SUCCEEDED", done });
    } catch (error) {
      // What a cancelled one says of its interruption is nobody's problem.
      if (signal.aborted) return;
      this.#end(id, { status: "FAILED", error: this.#problem(error) });
    }
  }

  /** One that was cancelled stays so, whatever its work says of the interruption. */
  #end(id: string, end: Partial<Operation>): void {
    if (this.#all.get(id)?.operation.status !== "RUNNING") return;
    this.#change(id, { ...end, endedAt: this.#clock.now() });
  }

  #change(id: string, change: Partial<Operation>): void {
    const entry = this.#all.get(id);
    if (entry === undefined) return;
    entry.operation = { ...entry.operation, ...change };
    for (const listener of this.#listeners) listener(entry.operation);
  }

  #entry(id: string) {
    const entry = this.#all.get(id);
    if (entry !== undefined) return entry;
    throw new AlienError("UNKNOWN_OPERATION", `there is no operation ${id}`, {
      fix: "GET /operations lists those that run, and the latest that have ended.",
      details: { id },
    });
  }

  #forget(): void {
    for (const [id, { operation }] of this.#all) {
      if (this.#all.size <= MOST_KEPT) return;
      if (operation.status !== "RUNNING") this.#all.delete(id);
    }
  }
}
