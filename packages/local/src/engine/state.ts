import { damaged, isCorruption } from "../store/damage.ts";
import { Catalog } from "./catalog.ts";
import { clearPurged } from "./clear-purged.ts";
import { Commit } from "./commit.ts";
import { storeRow, table, tableRange } from "./keys.ts";
import { takeOver } from "./opening.ts";
import type { EngineOptions } from "./options.ts";
import type { LocalQueue } from "./queue.ts";
import { SessionBook } from "./sessions.ts";
import { StoreClock } from "./store-clock.ts";
import type { StoreParts } from "./store-parts.ts";
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
  const { storage } = options;
  await storage.open();
  try {
    const { term, commits } = await takeOver(storage);
    const clock = new StoreClock(options.clock, await storage.get(storeRow.ahead));
    const commit = new Commit(storage, { sync: options.durability === "power", count: commits });
    const sessions = new SessionBook(commit, options.isRunning);
    const queues = new Map<string, LocalQueue>();
    const store: StoreParts = {
      storage,
      commit,
      clock,
      term,
      tokens: new TokenSource(options.random),
      queues,
      budget: new WindowBudget(options.windowBytes ?? WINDOW_BYTES),
      processOf: (session) => sessions.processOf(session),
    };
    // What a purge left must be gone before FIFO queues look for what they had parked.
    await clearPurged(storage);
    const catalog = await Catalog.read(store, queues);
    for (const [key, row] of await storage.rows(tableRange(table.session), 100_000)) {
      sessions.restore(key, row, clock.now());
    }
    return { term, store, catalog, sessions };
  } catch (error) {
    await storage.close();
    throw isCorruption(error) ? damaged("a row cannot be read", error) : error;
  }
}
