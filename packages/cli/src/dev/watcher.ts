import { type FSWatcher, watch } from "chokidar";

// An editor that saves in several steps causes one change.
const SETTLE_MS = 50;

/** Watches files, and only those; the set may change while it watches. */
export class Watcher {
  readonly #watcher: FSWatcher;
  readonly #onChange: (files: ReadonlySet<string>) => void;
  readonly #changed = new Set<string>();
  #files = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(onChange: (files: ReadonlySet<string>) => void) {
    this.#onChange = onChange;
    this.#watcher = watch([], { ignoreInitial: true });
    this.#watcher.on("all", (_event, file) => this.#collect(file));
  }

  /** Replaces the set of watched files; absolute paths. One that does not exist yet is waited for. */
  files(files: Iterable<string>): void {
    const next = new Set(files);
    this.#watcher.unwatch([...this.#files].filter((file) => !next.has(file)));
    this.#watcher.add([...next].filter((file) => !this.#files.has(file)));
    this.#files = next;
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#watcher.close();
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
