import { type OpenTable, tableConformance } from "@alienplatform/bindings/conformance";
import { describe, it } from "vitest";
import { FirestoreTable } from "../../packages/gcp/src/table/firestore-table.ts";
import { startFirestoreEmulator } from "./support/firestore-emulator.ts";

const endpoint = await startFirestoreEmulator();

const open: OpenTable = async (clock) => {
  const table = async (where = endpoint) =>
    new FirestoreTable({ project: "shop", database: "shop-dev", endpoint: where }, clock);
  return {
    table: await table(),
    another: () => table(),
    at: (address) => table(`http://${address}`),
    close: async () => undefined,
  };
};

tableConformance({
  name: "Firestore on Google's emulator",
  open,
  runner: { describe, it },
});
