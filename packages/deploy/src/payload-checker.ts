import { AlienError, formatDuration } from "@alienplatform/core";
import { bundleStack } from "./bundle-stack.ts";
import type { PayloadCheck, PayloadIssue } from "./evaluation.ts";
import { SchemaChild } from "./schema-child.ts";

const LOAD_LIMIT_MS = 10_000;
const ANSWER_LIMIT_MS = 5_000;

export interface PayloadCheckerOptions {
  /** Hears once why payloads go unchecked. */
  readonly warn: (text: string) => void;
  /** How long a check waits for alien.ts to load. Default 10 seconds. */
  readonly loadLimitMs?: number;
  /** How long it waits for the schema. Default 5 seconds. */
  readonly answerLimitMs?: number;
}

/**
 * Checks payloads by the schemas of alien.ts as it is at the first check: they are code, which a process of its own has
 * loaded from then on. Where that does not load or does not answer, payloads go unchecked: handlers check them, too.
 */
export class PayloadChecker {
  readonly #file: string;
  readonly #options: PayloadCheckerOptions;
  #child: SchemaChild | undefined;
  /** Whether the child has loaded alien.ts. */
  #loading: Promise<boolean> | undefined;
  #ready = false;
  /** It failed once: nobody waits for it to load any more, so that a batch is not held up by every message. */
  #late = false;
  #warned = false;
  #closed = false;

  constructor(file: string, options: PayloadCheckerOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** What the queue's schema has against the payload; undefined where nothing is, and where nobody knows. */
  async check(check: PayloadCheck): Promise<readonly PayloadIssue[] | undefined> {
    // Not one that never loaded: it would not load then either.
    const gone = this.#ready && this.#child?.over === true;
    if (this.#loading === undefined || gone) {
      this.#ready = false;
      this.#loading = this.#load();
    }
    if (this.#closed || (this.#late && !this.#ready)) return undefined;
    const { loadLimitMs = LOAD_LIMIT_MS, answerLimitMs = ANSWER_LIMIT_MS } = this.#options;
    const loaded = await within(loadLimitMs, this.#loading);
    if (loaded === "late") {
      return this.#unchecked(`alien.ts did not load within ${formatDuration(loadLimitMs)}`);
    }
    const child = this.#child;
    if (!loaded || child === undefined) return this.#unchecked("alien.ts could not be loaded");
    const checked = await within(answerLimitMs, child.ask(check));
    if (checked === "ended") return this.#unchecked("the schema ended its process");
    if (checked !== "late") return checked.issues;
    // It hangs in a schema, and answers nobody else either.
    child.kill();
    return this.#unchecked(`the schema did not answer within ${formatDuration(answerLimitMs)}`);
  }

  /** Ends the process. */
  close(): void {
    this.#closed = true;
    this.#child?.kill();
  }

  async #load(): Promise<boolean> {
    try {
      const { bundle, directory, remove } = await bundleStack(this.#file);
      try {
        if (this.#closed) return false;
        this.#child = new SchemaChild(bundle, directory);
        this.#ready = await this.#child.loaded;
        return this.#ready;
      } finally {
        await remove();
      }
    } catch (error) {
      if (!(error instanceof AlienError)) throw error;
      this.#unchecked(error.message);
      return false;
    }
  }

  #unchecked(reason: string): undefined {
    this.#late = true;
    if (this.#warned || this.#closed) return;
    this.#warned = true;
    this.#options.warn(
      `payloads go unchecked by the schemas of alien.ts: ${reason}; handlers check them`,
    );
  }
}

async function within<Answer>(ms: number, answer: Promise<Answer>): Promise<Answer | "late"> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<"late">((resolve) => {
    timer = setTimeout(() => resolve("late"), ms);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}
