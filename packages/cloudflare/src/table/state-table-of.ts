import type { Clock, QueueBinding, StateTable } from "@alienplatform/bindings";
import { linkOf } from "./d1-link.ts";
import { D1Table } from "./d1-table.ts";
import { readTableAddress } from "./table-address.ts";

/** The table that a binding names; undefined where it names none. Does no I/O. */
export function stateTableOf(binding: QueueBinding, clock: Clock): StateTable | undefined {
  const address = readTableAddress(binding);
  return address === undefined ? undefined : new D1Table({ link: linkOf(address), clock });
}
