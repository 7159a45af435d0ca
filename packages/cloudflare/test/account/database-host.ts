import { Log, LogLevel, Miniflare } from "miniflare";
import type { Row } from "../../src/table/d1-link.ts";
import { Refused } from "../server/message-routes.ts";
import { d1Database, statementsWorker } from "../table/d1-database.ts";

/** Runs a statement in a database of workerd, by its slot. */
export type RunStatement = (
  slot: string,
  sql: string,
  parameters: readonly string[],
) => Promise<readonly Row[]>;

/** Databases of D1 on workerd, where no Worker of the account runs beside them. */
export class DatabaseHost {
  #miniflare: Miniflare | undefined;

  readonly run: RunStatement = (...asked) => {
    const options = { log: new Log(LogLevel.NONE), workers: [statementsWorker()] };
    this.#miniflare ??= new Miniflare(options);
    return runIn(this.#miniflare, ...asked);
  };

  async close(): Promise<void> {
    await this.#miniflare?.dispose();
  }
}

/** The same in a Miniflare whose first Worker is that of statements. */
export async function runIn(
  miniflare: Miniflare,
  slot: string,
  sql: string,
  parameters: readonly string[],
): Promise<readonly Row[]> {
  try {
    const statement = d1Database(miniflare, slot).prepare(sql);
    return (await statement.bind(...parameters).all()).results;
  } catch (error) {
    throw new Refused(400, 7_500, error instanceof Error ? error.message : String(error));
  }
}
