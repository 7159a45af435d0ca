import type { AlienError } from "@alienplatform/core";
import { damaged } from "../../packages/local/src/store/damage.ts";
import type {
  Page,
  PageLimits,
  Range,
  Storage,
  WriteBatch,
} from "../../packages/local/src/store/storage.ts";
import type { SimDisk } from "./disk.ts";
import type { SimProcess } from "./process.ts";

/** The simulated disk as one process sees it that has the store open. */
export class SimStorage implements Storage {
  readonly #disk: SimDisk;
  readonly #process: SimProcess;

  constructor(disk: SimDisk, process: SimProcess) {
    this.#disk = disk;
    this.#process = process;
  }

  async open(): Promise<void> {
    if (this.#disk.lock(this.#process)) return;
    throw new Error("the store is open", { cause: { code: "LEVEL_LOCKED" } });
  }

  get(key: Buffer): Promise<Buffer | undefined> {
    return this.#disk.read(this.#process, (rows) => rows.get(key));
  }

  getSync(key: Buffer): Buffer | undefined {
    return this.#disk.rows.get(key);
  }

  getMany(keys: readonly Buffer[]): Promise<readonly (Buffer | undefined)[]> {
    return this.#disk.read(this.#process, (rows) => keys.map((key) => rows.get(key)));
  }

  rows(range: Range, limit: number): Promise<readonly (readonly [Buffer, Buffer])[]> {
    return this.#disk.read(this.#process, (rows) => rows.rows(range, limit));
  }

  page(range: Range, limits: PageLimits): Promise<Page> {
    return this.#disk.read(this.#process, (all) => {
      const rows = all.rows(range, limits.rows);
      let bytes = 0;
      const end = rows.findIndex(([, value]) => {
        bytes += value.length;
        return bytes >= limits.bytes;
      });
      if (end >= 0) return { rows: rows.slice(0, end + 1), more: true };
      return { rows, more: rows.length === limits.rows };
    });
  }

  keys(range: Range, limit: number): Promise<readonly Buffer[]> {
    return this.#disk.read(this.#process, (rows) =>
      rows
        .range(range)
        .slice(0, limit)
        .map((name) => Buffer.from(name, "latin1")),
    );
  }

  batch(): WriteBatch {
    const change: [string, Buffer | undefined][] = [];
    return {
      get length() {
        return change.length;
      },
      put: (key, value) => change.push([key.toString("latin1"), value]),
      del: (key) => change.push([key.toString("latin1"), undefined]),
      write: ({ sync }) => this.#disk.write(this.#process, change, sync),
    };
  }

  /** In two writes, as LevelDB does it in several. */
  async clear(range: Range): Promise<void> {
    const names = await this.#disk.read(this.#process, (rows) => rows.range(range));
    const half = Math.ceil(names.length / 2);
    for (const some of [names.slice(0, half), names.slice(half)]) {
      if (some.length === 0) continue;
      await this.#disk.write(
        this.#process,
        some.map((name) => [name, undefined] as const),
        false,
      );
    }
  }

  async close(): Promise<void> {
    if (this.#process.alive && this.#disk.holder === this.#process) this.#disk.unlock();
  }

  async watermark(): Promise<number> {
    return this.#disk.mark;
  }

  mark(commits: number): void {
    if (this.#process.alive) this.#disk.mark = commits;
  }

  async shortened(commits: number): Promise<AlienError> {
    return damaged(`${this.#disk.mark - commits} commits are missing at the end`);
  }

  async keepReserve(): Promise<void> {
    // The simulated disk has room.
  }

  async spendReserve(): Promise<void> {
    // As above.
  }
}
