import type { OpenTable } from "@alienplatform/bindings/conformance";
import { AzureTable } from "../../src/table/azure-table.ts";
import type { TableAddress } from "../../src/table/table-address.ts";
import { TableClient } from "../../src/table/table-client.ts";

/** Makes a table as deploy does. */
export async function makeTable(address: TableAddress): Promise<void> {
  const client = new TableClient(address);
  const body = { TableName: address.name };
  const { status } = await client.send({ method: "POST", path: "/Tables", body });
  if (status >= 300) throw new Error(`the table could not be made: ${status}`);
}

/** Opens connections to a table; `stranger` names the variable of a key that is another account's. */
export function azureWorlds(address: TableAddress, stranger: string): OpenTable {
  return async (clock) => {
    const opened: AzureTable[] = [];
    const open = async (other: Partial<TableAddress> = {}) => {
      const table = new AzureTable({ ...address, ...other }, clock);
      opened.push(table);
      return table;
    };
    return {
      table: await open(),
      another: () => open(),
      at: (host) => open({ endpoint: `http://${host}/devstoreaccount1` }),
      missing: () => open({ name: "aliengone" }),
      forbidden: () => open({ connectionStringFrom: stranger }),
      close: async () => void (await Promise.all(opened.map((table) => table.close()))),
    };
  };
}
