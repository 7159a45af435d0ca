import type { QueueResource } from "@alienplatform/core";
import type { LoadedStack, PayloadChecker, PayloadCheckerOptions } from "@alienplatform/deploy";

type Schema = NonNullable<QueueResource["schema"]>;

/** The schemas of a stack's queues for a process that has not loaded alien.ts: a child that has is asked. */
export class StackSchemas {
  readonly #loaded: () => LoadedStack;
  readonly #options: PayloadCheckerOptions;
  #checker: { readonly of: LoadedStack; readonly opened: Promise<PayloadChecker> } | undefined;
  #closed = false;

  constructor(loaded: () => LoadedStack, options: PayloadCheckerOptions) {
    this.#loaded = loaded;
    this.#options = options;
  }

  /** Refuses what the queue's schema refuses when it is asked, if it has one then; a payload stays as it is given. */
  of(queue: string): Schema {
    return {
      "~standard": {
        version: 1,
        vendor: "alien.ts",
        validate: async (value) => {
          const issues = await this.#issues(queue, value);
          return issues === undefined ? { value } : { issues };
        },
      },
    };
  }

  /** Ends the child. */
  close(): void {
    this.#closed = true;
    void this.#checker?.opened.then((checker) => checker.close());
  }

  async #issues(queue: string, payload: unknown) {
    const loaded = this.#loaded();
    if (this.#closed || loaded.schemas[queue] === undefined) return undefined;
    if (this.#checker?.of !== loaded) {
      void this.#checker?.opened.then((checker) => checker.close());
      this.#checker = { of: loaded, opened: this.#open(loaded) };
    }
    return (await this.#checker.opened).check({ queue, payload });
  }

  async #open({ file }: LoadedStack): Promise<PayloadChecker> {
    const { PayloadChecker } = await import("@alienplatform/deploy");
    return new PayloadChecker(file, this.#options);
  }
}
