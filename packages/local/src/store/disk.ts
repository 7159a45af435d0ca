import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import { ClassicLevel } from "classic-level";
import { damaged } from "./damage.ts";
import { LevelStorage } from "./level.ts";
import { droppedRecords } from "./level-log.ts";
import { Watermark } from "./watermark.ts";

const MiB = 1024 * 1024;

/** What a store keeps in its directory. */
export const storeFiles = {
  level: "store",
  watermark: "commits",
  /** Written where damage was found, since LevelDB itself forgets it at once. Deleting it accepts the loss. */
  damage: "damaged",
} as const;

/** A store in a directory; one process at a time can open it. */
export class DiskStorage extends LevelStorage {
  readonly #directory: string;
  readonly #store: string;
  readonly #watermark: Watermark;
  #known = 0;

  constructor(directory: string) {
    const store = join(directory, storeFiles.level);
    super(
      () =>
        new ClassicLevel<Buffer, Buffer>(store, {
          keyEncoding: "buffer",
          valueEncoding: "buffer",
          // Larger buffers send faster and open slower: the log is replayed at open.
          writeBufferSize: 16 * MiB,
          cacheSize: 8 * MiB,
        }),
    );
    this.#directory = directory;
    this.#store = store;
    this.#watermark = new Watermark(join(directory, storeFiles.watermark));
  }

  override async open(): Promise<void> {
    await mkdir(this.#store, { recursive: true });
    await this.#refuseHeadless();
    const since = Date.now();
    await super.open().catch((error) => {
      throw this.#unreadable(error) ?? error;
    });
    try {
      const marker = await this.#marker();
      if (marker !== undefined) throw this.#damaged(marker);
      const dropped = await droppedRecords(this.#store, since);
      if (dropped.length > 0) throw await this.#remember(dropped.join("\n"));
      this.#known = this.#watermark.open();
    } catch (error) {
      await super.close();
      throw error;
    }
  }

  /** LevelDB makes a new store where CURRENT is missing, and deletes what was there. */
  async #refuseHeadless(): Promise<void> {
    if (existsSync(join(this.#store, "CURRENT"))) return;
    for (const name of await readdir(this.#store)) {
      if (!/\.(log|ldb)$/.test(name)) continue;
      const { size } = await stat(join(this.#store, name));
      if (size > 0) throw damaged("the file CURRENT is missing");
    }
  }

  /** What LevelDB itself notices: a file that is missing or does not match its checksum. */
  #unreadable(error: unknown): AlienError | undefined {
    const cause = error instanceof Error ? error.cause : undefined;
    if (!(cause instanceof Error && "code" in cause)) return undefined;
    const missing = cause.code === "LEVEL_IO_ERROR" && /No such file/.test(cause.message);
    if (cause.code !== "LEVEL_CORRUPTION" && !missing) return undefined;
    return damaged(cause.message, error);
  }

  async #marker(): Promise<string | undefined> {
    const path = join(this.#directory, storeFiles.damage);
    return existsSync(path) ? readFile(path, "utf8") : undefined;
  }

  async #remember(what: string): Promise<AlienError> {
    await writeFile(join(this.#directory, storeFiles.damage), `${what}\n`, { mode: 0o600 });
    return this.#damaged(what);
  }

  #damaged(what: string): AlienError {
    const marker = join(this.#directory, storeFiles.damage);
    return new AlienError("STORAGE_DAMAGED", `the local store has lost records: ${what.trim()}`, {
      fix: `Restore the data directory from a copy, start afresh with alien dev --reset, or delete ${marker} to go on with what is left.`,
    });
  }

  override async watermark(): Promise<number> {
    return this.#known;
  }

  override async shortened(commits: number): Promise<AlienError> {
    const what = `${this.#known - commits} commits are missing at the end`;
    // With the marker deleted, what is there now counts as all there is.
    this.#watermark.raise(commits);
    this.#watermark.flush();
    return this.#remember(what);
  }

  override mark(commits: number): void {
    this.#watermark.raise(commits);
  }

  override async close(): Promise<void> {
    this.#watermark.close();
    await super.close();
  }
}
