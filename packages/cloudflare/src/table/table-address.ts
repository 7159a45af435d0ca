import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { readAddress } from "../address.ts";

/** The state table of a stage, as `binding.address.table` names it: a database of D1. */
export type TableAddress =
  | {
      readonly kind: "worker";
      /** The name in `env` of the database's binding. */
      readonly database: string;
    }
  | {
      readonly kind: "http";
      /** The account's id. */
      readonly account: string;
      /** The database's id, which is not its name. */
      readonly database: string;
      readonly endpoint?: string;
    };

/** The checked address of the table; undefined where the binding names none. BINDING_INVALID says what is wrong. */
export function readTableAddress(binding: QueueBinding): TableAddress | undefined {
  const { table } = binding.address;
  if (table === undefined) return undefined;
  // What is not an object has none of these.
  const { database } = (table ?? {}) as { readonly database?: unknown };
  if (typeof database !== "string" || database === "") {
    const text = `the table in the address of queue "${binding.queue}" names no "database"`;
    throw new AlienError("BINDING_INVALID", text, {
      fix: 'Write "table": { "database" } into "address": the name of a D1 binding in a Worker, else an id; or deploy again.',
      details: { queue: binding.queue },
    });
  }
  const address = readAddress(binding);
  if (address.kind === "worker") return { kind: "worker", database };
  const { account, endpoint } = address;
  return { kind: "http", account, database, ...(endpoint === undefined ? {} : { endpoint }) };
}
