import type { StateTable } from "../../src/table/state-table.ts";

/** A table that tells of each call before it is carried out; what the listener throws is what the call fails with. */
export function observedTable(
  table: StateTable,
  onCall: (verb: keyof StateTable, partition: string) => void,
): StateTable {
  const told = async <Value>(
    verb: keyof StateTable,
    partition: string,
    call: () => Promise<Value>,
  ): Promise<Value> => {
    onCall(verb, partition);
    return call();
  };
  return {
    get: (key, signal) => told("get", key.partition, () => table.get(key, signal)),
    put: (item, version, signal) =>
      told("put", item.partition, () => table.put(item, version, signal)),
    delete: (key, version, signal) =>
      told("delete", key.partition, () => table.delete(key, version, signal)),
    list: (partition, page, signal) =>
      told("list", partition, () => table.list(partition, page, signal)),
    close: () => table.close(),
  };
}
