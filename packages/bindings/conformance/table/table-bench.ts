import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { AlienError, type ErrorCode } from "@alienplatform/core";
import type { StateTable, TableItem, TableKey } from "../../src/table/state-table.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import type { OpenTable, TableWorld } from "./table-world.ts";

/** What a case needs of a world: a table, its time, and partitions that nobody else writes. */
export class TableBench {
  readonly world: TableWorld;
  readonly clock: VirtualClock;
  readonly table: StateTable;
  readonly partition = `case/${randomUUID()}`;

  constructor(world: TableWorld, clock: VirtualClock) {
    this.world = world;
    this.clock = clock;
    this.table = world.table;
  }

  static async open(open: OpenTable): Promise<TableBench> {
    // A service that cleans up does so by its own clock: nothing is over there before it is here.
    const clock = new VirtualClock(Date.now());
    return new TableBench(await open(clock), clock);
  }

  key(sort: string): TableKey {
    return { partition: this.partition, sort };
  }

  /** The version of what it put; fails where the condition does not hold. */
  async put(sort: string, value: string, replaced?: string, expiresAt?: number): Promise<string> {
    const version = await this.table.put(this.item(sort, value, expiresAt), replaced);
    assert(version !== undefined, `the put of ${JSON.stringify(sort)} was refused`);
    return version;
  }

  item(sort: string, value: string, expiresAt?: number): Omit<TableItem, "version"> {
    const item = { ...this.key(sort), value };
    return expiresAt === undefined ? item : { ...item, expiresAt };
  }

  /** What is there under a sort key; undefined where nothing is. */
  async value(sort: string): Promise<string | undefined> {
    return (await this.table.get(this.key(sort)))?.value;
  }

  /** The sort keys of one page. */
  async sorts(limit: number, after?: string): Promise<readonly string[]> {
    const page = after === undefined ? { limit } : { limit, after };
    return (await this.table.list(this.partition, page)).map(({ sort }) => sort);
  }

  /** Sees that each verb of a table is refused with this code, and says nothing of what was to be written. */
  async allRefused(
    code: ErrorCode,
    { table, retryable, signal }: { table: StateTable; retryable: boolean; signal?: AbortSignal },
  ): Promise<void> {
    const key = this.key("refused");
    const item = { ...key, value: SECRET };
    const version = await this.put(key.sort, "as it was");
    const verbs = {
      get: table.get(key, signal),
      "put of something new": table.put({ ...item, sort: "new" }, undefined, signal),
      "put of a version": table.put(item, version, signal),
      delete: table.delete(key, version, signal),
      list: table.list(key.partition, { limit: 10 }, signal),
    };
    const settled = await Promise.allSettled(Object.values(verbs));
    for (const [index, verb] of Object.keys(verbs).entries()) {
      const result = settled[index];
      assert(result?.status === "rejected", `the ${verb} is answered`);
      const thrown: unknown = result.reason;
      assert(thrown instanceof AlienError, `the ${verb} throws ${String(thrown)}`);
      assert.equal(thrown.code, code, `the ${verb}: ${thrown.message}`);
      assert.equal(thrown.retryable, retryable, verb);
      assert.notEqual(thrown.fix ?? "", "", `the error of the ${verb} has no fix`);
      const said = `${thrown.message} ${JSON.stringify(thrown)}`;
      assert(!said.includes(SECRET), `the error of the ${verb} quotes the value`);
    }
    const found = await this.table.list(this.partition, { limit: 10 });
    assert.deepEqual(found, [{ ...this.item(key.sort, "as it was"), version }]);
  }
}

const SECRET = "a value that no error quotes";
