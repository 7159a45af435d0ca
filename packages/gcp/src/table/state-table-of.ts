import type { Clock, QueueBinding, StateTable } from "@alienplatform/bindings";
import { FirestoreTable } from "./firestore-table.ts";
import { readTableAddress } from "./table-address.ts";

/** The table that a binding names; undefined where it names none. Does no I/O. */
export function stateTableOf(binding: QueueBinding, clock: Clock): StateTable | undefined {
  const address = readTableAddress(binding);
  return address === undefined ? undefined : new FirestoreTable(address, clock);
}
