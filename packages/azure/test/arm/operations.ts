import { randomUUID } from "node:crypto";

interface Operation {
  left: number;
  readonly done: () => void;
}

/** What goes on after its request was answered, until it was asked about some times: no clock is needed. */
export class ArmOperations {
  readonly #running = new Map<string, Operation>();

  /** Answers by which it is asked about. */
  begin(polls: number, done: () => void): string {
    const id = randomUUID();
    this.#running.set(id, { left: polls, done });
    return id;
  }

  /** Whether it is over. */
  ask(id: string): boolean {
    const operation = this.#running.get(id);
    if (operation === undefined) return true;
    operation.left -= 1;
    if (operation.left > 0) return false;
    this.#running.delete(id);
    operation.done();
    return true;
  }
}
