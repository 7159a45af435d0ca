import type { Clock } from "../clock.ts";
import { retryItems } from "../queue/retry.ts";
import type { StateTable, TableItem, TableKey, TablePage } from "../table/state-table.ts";

/**
 * A table whose calls are repeated where they fail for a passing reason. A write whose answer was lost is then
 * refused for its version: whoever writes looks whether what is there is its own.
 */
export class PatientTable implements StateTable {
  readonly #table: StateTable;
  readonly #clock: Clock;
  readonly #random: () => number;

  constructor(table: StateTable, clock: Clock, random: () => number) {
    this.#table = table;
    this.#clock = clock;
    this.#random = random;
  }

  get(key: TableKey, signal?: AbortSignal): Promise<TableItem | undefined> {
    return this.#repeat((stop) => this.#table.get(key, stop), signal);
  }

  put(
    item: Omit<TableItem, "version">,
    version: string | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined> {
    return this.#repeat((stop) => this.#table.put(item, version, stop), signal);
  }

  delete(key: TableKey, version: string, signal?: AbortSignal): Promise<boolean> {
    return this.#repeat((stop) => this.#table.delete(key, version, stop), signal);
  }

  list(partition: string, page: TablePage, signal?: AbortSignal): Promise<readonly TableItem[]> {
    return this.#repeat((stop) => this.#table.list(partition, page, stop), signal);
  }

  close(): Promise<void> {
    return this.#table.close();
  }

  async #repeat<Value>(
    call: (stop: AbortSignal | undefined) => Promise<Value>,
    signal: AbortSignal | undefined,
  ): Promise<Value> {
    const [result] = await retryItems(
      [call],
      async ([one], stop) => [{ ok: true, value: await (one ?? call)(stop) } as const],
      { clock: this.#clock, random: this.#random, signal },
    );
    if (result === undefined) throw new TypeError("one call has one result");
    if (!result.ok) throw result.error;
    return result.value;
  }
}
