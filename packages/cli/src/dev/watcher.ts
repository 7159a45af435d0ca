import { existsSync, statSync } from "node:fs";
import { type FSWatcher, watch } from "chokidar";

const LOOK_MS = 1_000;
/**
 * An editor that saves in several steps causes one change. chokidar drops what happens to a file within 50 ms of a
 * change that it has told of, so files are read after that: what comes later is told again.
 */
const SETTLE_MS = 60;
/** A file system's clock ticks more coarsely than ours. */
const TICK_MS = 20;

/** Watches files, and only those; the set may change while it watches. */
export class Watcher {
  readonly #watcher: FSWatcher;
  readonly #onChange: (files: ReadonlySet<string>) => void;
  readonly #changed = new Set<string>();
  /** Those that chokidar has not looked at yet, and when they were read. */
  readonly #unseen = new Map<string, number>();
  /** Those that are not there. */
  readonly #missing = new Set<string>();
  #looks: NodeJS.Timeout | undefined;
  #files = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: (files: ReadonlySet<string>) => void) {
    this.#onChange = onChange;
    this.#watcher = watch([]);
    this.#watcher.on("all", (event, file) => {
      if (event === "addDir" || event === "unlinkDir" || !this.#files.has(file)) return;
      // chokidar forgets a file that goes; added again, it is waited for.
      if (event === "unlink") {
        this.#watcher.add(file);
        this.#await(file);
      } else this.#missing.delete(file);
      const readAt = this.#unseen.get(file);
      this.#unseen.delete(file);
      if (readAt === undefined || event !== "add" || writtenSince(file, readAt))
        this.#collect(file);
    });
  }

  /**
   * Replaces the set of watched files, absolute paths, which were read no earlier than `readAt`: a change
   * since then counts. One that does not exist yet is waited for.
   */
  files(files: Iterable<string>, readAt: number): void {
    const next = new Set(files);
    const gone = [...this.#files].filter((file) => !next.has(file));
    const added = [...next].filter((file) => !this.#files.has(file));
    for (const file of gone) {
      this.#unseen.delete(file);
      this.#missing.delete(file);
    }
    for (const file of added) {
      if (existsSync(file)) this.#unseen.set(file, readAt);
      else this.#await(file);
    }
    this.#files = next;
    this.#watcher.unwatch(gone);
    this.#watcher.add(added);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    clearInterval(this.#looks);
    await this.#watcher.close();
  }

  /** chokidar tells nothing of a file that appears in the moment in which it begins to wait for it. */
  #await(file: string): void {
    this.#missing.add(file);
    this.#looks ??= setInterval(() => {
      for (const missing of this.#missing) {
        if (!existsSync(missing)) continue;
        this.#missing.delete(missing);
        this.#collect(missing);
      }
    }, LOOK_MS).unref();
  }

  #collect(file: string): void {
    this.#changed.add(file);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      const files = new Set(this.#changed);
      this.#changed.clear();
      this.#onChange(files);
    }, SETTLE_MS);
  }
}

/**
 * Whether a file was written after it was read and before it was watched. It is watched by now, so that a
 * later write is told; chokidar's own look at it was before that.
 */
function writtenSince(file: string, readAt: number): boolean {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats === undefined || stats.mtimeMs >= readAt - TICK_MS;
}
