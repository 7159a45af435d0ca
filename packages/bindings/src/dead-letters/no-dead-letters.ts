import { AlienError } from "@alienplatform/core";
import type { DeadLetter, DeadLetterOperator, SweptPage } from "../queue/dead-letter.ts";
import type { SendResult, SettleResult } from "../queue/driver.ts";

/** Of a queue whose dead letters are messages of another one, which its consumer handles: there are none here. */
export class NoDeadLetters implements DeadLetterOperator {
  readonly #queue: string;
  readonly #declared: string;

  constructor(queue: string, declared: string) {
    this.#queue = queue;
    this.#declared = declared;
  }

  async deadLetters(): Promise<readonly DeadLetter[]> {
    return [];
  }

  async deadLetter(): Promise<DeadLetter | undefined> {
    return undefined;
  }

  async editDeadLetter(): Promise<SettleResult> {
    return NONE;
  }

  async redrive(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return ids.map(() => NONE);
  }

  async discard(ids: readonly string[]): Promise<readonly SettleResult[]> {
    return ids.map(() => NONE);
  }

  async *sweep(): AsyncGenerator<SweptPage> {
    // There is nothing to meet.
  }

  async importDeadLetters(letters: readonly DeadLetter[]): Promise<readonly SendResult[]> {
    const text = `the dead letters of queue "${this.#queue}" are messages of "${this.#declared}"`;
    const fix = `Send them to "${this.#declared}".`;
    return letters.map(() => ({ ok: false, error: new AlienError("UNSUPPORTED", text, { fix }) }));
  }
}

const NONE: SettleResult = { ok: true, applied: false };
