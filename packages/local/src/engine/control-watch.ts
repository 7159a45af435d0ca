import type { QueueControl } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

interface Watcher {
  readonly version: number;
  readonly resolve: (control: QueueControl) => void;
  readonly reject: (error: AlienError) => void;
}

/** Who waits to hear what operators decide about a queue. */
export class ControlWatch {
  readonly #watchers = new Set<Watcher>();

  /** Resolves at once where the version that is known is not that of `now`. */
  after(
    now: QueueControl,
    version: number,
    signal: AbortSignal | undefined,
  ): Promise<QueueControl> {
    if (signal?.aborted === true) return Promise.reject(aborted());
    if (now.version !== version) return Promise.resolve(now);
    return new Promise((resolve, reject) => {
      const end = () => {
        this.#watchers.delete(watcher);
        signal?.removeEventListener("abort", abort);
      };
      const abort = () => watcher.reject(aborted());
      const watcher: Watcher = {
        version,
        resolve: (control) => {
          end();
          resolve(control);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      this.#watchers.add(watcher);
      signal?.addEventListener("abort", abort);
    });
  }

  tell(control: QueueControl): void {
    for (const watcher of [...this.#watchers]) {
      if (watcher.version !== control.version) watcher.resolve(control);
    }
  }

  failed(error: AlienError): void {
    for (const { reject } of [...this.#watchers]) reject(error);
  }
}

function aborted(): AlienError {
  return new AlienError("ABORTED", "nothing was decided about the queue while the call waited", {
    fix: "Nothing: its signal said so.",
  });
}
