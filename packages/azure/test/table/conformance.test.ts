import { VirtualClock } from "@alienplatform/bindings";
import { tableConformance } from "@alienplatform/bindings/conformance";
import { describe, expect, it, test, vi } from "vitest";
import { azuriteAccount, startAzuriteTables } from "../../../../test/peers/support/azurite.ts";
import { AzureTable } from "../../src/table/azure-table.ts";
import { TableClient } from "../../src/table/table-client.ts";
import { azureWorlds, makeTable } from "./azure-worlds.ts";

const { name: account, key } = azuriteAccount;
const endpoint = `${await startAzuriteTables()}/${account}`;
vi.stubEnv("STORAGE", `AccountName=${account};AccountKey=${key}`);
vi.stubEnv("STRANGER", `AccountName=${account};AccountKey=bm90IGl0cyBrZXk=`);

const address = { endpoint, name: "alienimagestest", connectionStringFrom: "STORAGE" };
await makeTable(address);

tableConformance({
  name: "Azure Tables on azurite",
  open: azureWorlds(address, "STRANGER"),
  runner: { describe, it },
});

test("what is over for a day is removed by later puts, and nothing else is", async () => {
  // Each sweeps, from the beginning.
  vi.spyOn(Math, "random").mockReturnValue(0);
  const clock = new VirtualClock();
  const table = new AzureTable(address, clock, 1);
  const rows = async () => {
    const path = `/${address.name}()?$filter=PartitionKey%20eq%20'swept'`;
    const { bodyAsText } = await new TableClient(address).send({ method: "GET", path });
    const { value } = JSON.parse(bodyAsText ?? "");
    return value.map(({ RowKey }: { readonly RowKey: string }) => RowKey);
  };
  const put = (sort: string, expiresAt?: number) =>
    table.put(
      { partition: "swept", sort, value: "", ...(expiresAt === undefined ? {} : { expiresAt }) },
      undefined,
    );
  await put("forever");
  await put("soon", clock.now() + 1_000);
  await put("later", clock.now() + 2_000);
  await clock.advance("1d");
  await put("next");
  expect(await rows()).toEqual(["forever", "later", "next", "soon"]);
  await clock.advance(1_000);
  await put("last");
  expect(await rows()).toEqual(["forever", "last", "later", "next"]);
  vi.restoreAllMocks();
});
