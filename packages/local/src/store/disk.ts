import { existsSync } from "node:fs";
import {
  chmod,
  mkdir,
  open as openFile,
  readdir,
  readFile,
  rm,
  stat,
  statfs,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { AlienError } from "@alienplatform/core";
import { ClassicLevel } from "classic-level";
import { damaged, storageFull } from "./damage.ts";
import { LevelStorage } from "./level.ts";
import { droppedRecords } from "./level-log.ts";
import { Watermark } from "./watermark.ts";

const MiB = 1024 * 1024;

/** Opening a store writes its journal, up to this large, into a table. */
const WRITE_BUFFER_BYTES = 16 * MiB;
/** Room for that, and for settling thousands of messages after it. */
const RESERVE_BYTES = WRITE_BUFFER_BYTES + 8 * MiB;
/** Programs that end before are spared the writing of the reserve. */
const RESERVE_AFTER_MS = 3_000;

/** What a store keeps in its directory. */
export const storeFiles = {
  level: "store",
  watermark: "commits",
  /** Written where damage was found, since LevelDB itself forgets it at once. Deleting it accepts the loss. */
  damage: "damaged",
  reserve: "reserve",
} as const;

/** A store in a directory; one process at a time can open it. */
export class DiskStorage extends LevelStorage {
  readonly #directory: string;
  readonly #free: (directory: string) => Promise<number>;
  readonly #store: string;
  readonly #watermark: Watermark;
  #known = 0;
  #reserveTimer: NodeJS.Timeout | undefined;

  /** `free`: how many bytes the file system of a directory has left. */
  constructor(directory: string, free = freeBytes) {
    const store = join(directory, storeFiles.level);
    super(
      () =>
        new ClassicLevel<Buffer, Buffer>(store, {
          keyEncoding: "buffer",
          valueEncoding: "buffer",
          // Larger buffers send faster and open slower: the log is replayed at open.
          writeBufferSize: WRITE_BUFFER_BYTES,
          cacheSize: 8 * MiB,
        }),
    );
    this.#directory = directory;
    this.#free = free;
    this.#store = store;
    this.#watermark = new Watermark(join(directory, storeFiles.watermark));
  }

  override async open(): Promise<void> {
    await this.#makePrivate();
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
      this.#reserveTimer = setTimeout(() => {
        // Without space there is no reserve; the first write that fails says so.
        this.keepReserve().catch(() => undefined);
      }, RESERVE_AFTER_MS).unref();
    } catch (error) {
      await super.close();
      throw error;
    }
  }

  /** LevelDB makes its files as the umask says; nobody else gets to them, wherever the directory lies. */
  async #makePrivate(): Promise<void> {
    await mkdir(this.#store, { recursive: true, mode: 0o700 });
    const { mode, uid } = await stat(this.#store);
    if (uid === process.getuid?.() && (mode & 0o077) !== 0) await chmod(this.#store, 0o700);
  }

  /**
   * LevelDB makes a new store where CURRENT is missing, and deletes what was there. CURRENT is looked for last: another
   * process that makes the store meanwhile writes it before there are records.
   */
  async #refuseHeadless(): Promise<void> {
    if (!(await this.#hasRecords())) return;
    if (!existsSync(join(this.#store, "CURRENT"))) throw damaged("the file CURRENT is missing");
  }

  async #hasRecords(): Promise<boolean> {
    for (const name of await readdir(this.#store)) {
      if (!/\.(log|ldb)$/.test(name)) continue;
      // Gone again where its owner has just compacted it away.
      const found = await stat(join(this.#store, name)).catch(() => undefined);
      if (found !== undefined && found.size > 0) return true;
    }
    return false;
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
    return this.#remember(what);
  }

  override mark(commits: number): void {
    this.#watermark.raise(commits);
  }

  override async keepReserve(): Promise<void> {
    const path = join(this.#directory, storeFiles.reserve);
    const size = existsSync(path) ? (await stat(path)).size : 0;
    if (size >= RESERVE_BYTES) return;
    // Looking for space must not take what is left of it from the acks of a full disk.
    if ((await this.#free(this.#directory)) < RESERVE_BYTES + WRITE_BUFFER_BYTES) {
      throw storageFull();
    }
    // A hole would reserve nothing.
    const piece = Buffer.alloc(MiB, 1);
    const file = await openFile(path, "w", 0o600);
    try {
      for (let written = 0; written < RESERVE_BYTES; written += MiB) await file.write(piece);
      await file.sync();
    } catch (error) {
      await file.truncate(0);
      throw error;
    } finally {
      await file.close();
    }
  }

  override async spendReserve(): Promise<void> {
    await rm(join(this.#directory, storeFiles.reserve), { force: true });
  }

  override async close(): Promise<void> {
    clearTimeout(this.#reserveTimer);
    this.#watermark.close();
    await super.close();
  }
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}
