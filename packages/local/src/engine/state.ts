import { damaged, isCorruption } from "../store/damage.ts";
import { Catalog } from "./catalog.ts";
import { Commit } from "./commit.ts";
import { table, tableRange } from "./keys.ts";
import { takeOver } from "./opening.ts";
import type { EngineOptions } from "./options.ts";
import type { StoreParts } from "./queue.ts";
import { clearPurged } from "./recovery.ts";
import { SessionBook } from "./sessions.ts";
import { TokenSource } from "./token.ts";
import { WindowBudget } from "./window.ts";

const WINDOW_BYTES = 16 * 1024 * 1024;

/** All that is in memory of an open store. */
export interface EngineState {
  readonly term: number;
  readonly store: StoreParts;
  readonly catalog: Catalog;
  readonly sessions: SessionBook;
}

/** Opens the storage and reads what was in flight. */
export async function loadState(options: EngineOptions): Promise<EngineState> {
  const { storage, clock } = options;
  await storage.open();
  try {
    const { term, commits } = await takeOver(storage);
    const commit = new Commit(storage, { sync: options.durability === "power", count: commits });
    const store: StoreParts = {
      storage,
      commit,
      clock,
      tokens: new TokenSource(options.random),
      budget: new WindowBudget(options.windowBytes ?? WINDOW_BYTES),
    };
    // What a purge left must be gone before FIFO queues look for what they had parked.
    await clearPurged(storage);
    const catalog = await Catalog.read(store);
    const sessions = new SessionBook(commit, options.isRunning);
    for (const [key, row] of await storage.rows(tableRange(table.session), 100_000)) {
      sessions.restore(key, row, clock.now());
    }
    return { term, store, catalog, sessions };
  } catch (error) {
    await storage.close();
    throw isCorruption(error) ? damaged("a row cannot be read", error) : error;
  }
}
