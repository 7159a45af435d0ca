import { AlienError } from "@alienplatform/core";
import { recordId } from "../record.ts";

interface Watcher {
  readonly changed: () => void;
  readonly failed: (error: AlienError) => void;
}

/** Who waits for jobs. Costs nothing while nobody does. */
export class JobWatch {
  readonly #watchers = new Map<string, Set<Watcher>>();
  /** Something became of these since the last seal, and since the one before. */
  #touched = new Set<string>();
  #sealed = new Set<string>();
  /** The same of so many that they were not counted. */
  #anyTouched = false;
  #anySealed = false;

  get active(): boolean {
    return this.#watchers.size > 0;
  }

  /** Something became of the job whose record is there. */
  touch(source: Buffer, at: number): void {
    if (this.active) this.#touched.add(recordId(source, at));
  }

  touchId(id: string): void {
    if (this.active) this.#touched.add(id);
  }

  /** Something became of many. */
  touchAll(): void {
    this.#anyTouched = true;
  }

  seal(): void {
    if (!this.active) return;
    for (const id of this.#touched) this.#sealed.add(id);
    this.#touched.clear();
    this.#anySealed ||= this.#anyTouched;
    this.#anyTouched = false;
  }

  /** What was sealed is durable: tells those who wait for it. */
  committed(): void {
    if (!this.active) return;
    const ids = this.#anySealed ? [...this.#watchers.keys()] : [...this.#sealed];
    this.#sealed.clear();
    this.#anySealed = false;
    for (const id of ids) {
      const watchers = this.#watchers.get(id);
      this.#watchers.delete(id);
      for (const { changed } of watchers ?? []) changed();
    }
  }

  /** Resolves when something has become of the job and is durable; fails with ABORTED. */
  next(id: string, signal: AbortSignal | undefined): { changed: Promise<void>; stop: () => void } {
    let stop = (): void => undefined;
    const changed = new Promise<void>((resolve, reject) => {
      const abort = () => watcher.failed(aborted());
      const watcher: Watcher = {
        changed: () => {
          stop();
          resolve();
        },
        failed: (error) => {
          stop();
          reject(error);
        },
      };
      stop = () => {
        signal?.removeEventListener("abort", abort);
        const watchers = this.#watchers.get(id);
        watchers?.delete(watcher);
        if (watchers?.size === 0) this.#watchers.delete(id);
      };
      const watchers = this.#watchers.get(id);
      if (watchers === undefined) this.#watchers.set(id, new Set([watcher]));
      else watchers.add(watcher);
      signal?.addEventListener("abort", abort, { once: true });
      if (signal?.aborted === true) abort();
    });
    // Whoever stops waiting has no use for its failure.
    changed.catch(() => undefined);
    return { changed, stop };
  }

  failed(error: AlienError): void {
    for (const watchers of [...this.#watchers.values()]) {
      for (const { failed } of [...watchers]) failed(error);
    }
  }
}

function aborted(): AlienError {
  return new AlienError("ABORTED", "the wait for a job was given up", {
    fix: "Nothing: its signal said so.",
  });
}
