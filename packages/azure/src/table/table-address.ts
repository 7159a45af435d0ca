import type { QueueBinding } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/** The state table of a stage, as `binding.address.table` names it. */
export interface TableAddress {
  /** Of the storage account: "https://contoso.table.core.windows.net". */
  readonly endpoint: string;
  /** 3 to 63 letters and digits, a letter first. */
  readonly name: string;
  /** The environment variable that holds the account's connection string; without it DefaultAzureCredential is asked. */
  readonly connectionStringFrom?: string;
}

/** The checked address of the table; undefined where the binding names none. BINDING_INVALID says what is wrong. */
export function readTableAddress({ queue, address }: QueueBinding): TableAddress | undefined {
  const { table } = address;
  if (table === undefined) return undefined;
  // What is not an object has none of these.
  const given = (table ?? {}) as Partial<Record<keyof TableAddress, unknown>>;
  const { endpoint, name, connectionStringFrom } = given;
  if (typeof endpoint !== "string" || !URL.canParse(endpoint)) {
    throw invalid(queue, '"endpoint" is not the URL of a storage account');
  }
  // https://learn.microsoft.com/en-us/rest/api/storageservices/understanding-the-table-service-data-model
  if (typeof name !== "string" || !/^[A-Za-z][A-Za-z0-9]{2,62}$/.test(name)) {
    throw invalid(queue, '"name" is not the name of a table');
  }
  const place = { endpoint: endpoint.replace(/\/$/, ""), name };
  if (connectionStringFrom === undefined) return place;
  if (typeof connectionStringFrom !== "string" || connectionStringFrom === "") {
    throw invalid(queue, '"connectionStringFrom" names no environment variable');
  }
  return { ...place, connectionStringFrom };
}

function invalid(queue: string, what: string): AlienError {
  const text = `the table in the address of queue "${queue}" is wrong: ${what}`;
  return new AlienError("BINDING_INVALID", text, {
    fix: 'Write "table": { "endpoint", "name" } into "address"; or deploy again.',
    details: { queue },
  });
}
