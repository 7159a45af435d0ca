import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import { readAddress } from "../address.ts";

/** The state table of a stage, as `binding.address.table` names it: a database of Firestore. */
export interface TableAddress {
  /** That of the queue. */
  readonly project: string;
  /**
   * Of the stage alone: Firestore knows rights on databases, by a condition, and on nothing smaller.
   * https://cloud.google.com/firestore/docs/manage-databases
   */
  readonly database: string;
  /** Undefined: the service itself. `http://host:port` is an emulator: no encryption and no credentials. */
  readonly endpoint?: string;
}

/** The checked address of the table; undefined where the binding names none. BINDING_INVALID says what is wrong. */
export function readTableAddress(binding: QueueBinding): TableAddress | undefined {
  const { queue } = binding;
  const { table } = binding.address;
  if (table === undefined) return undefined;
  // What is not an object has none of these.
  const { database, endpoint } = (table ?? {}) as Partial<Record<keyof TableAddress, unknown>>;
  if (typeof database !== "string" || database === "") {
    throw invalid(queue, 'it names no "database"');
  }
  const { project } = readAddress(binding);
  if (endpoint === undefined) return { project, database };
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw invalid(queue, '"endpoint" is not a URL');
  }
  return { project, database, endpoint };
}

function invalid(queue: string, what: string): AlienError {
  const text = `the table in the address of queue "${queue}" is wrong: ${what}`;
  return new AlienError("BINDING_INVALID", text, {
    fix: 'Write "table": { "database" } into "address", with "endpoint" for an emulator; or deploy again.',
    details: { queue },
  });
}
