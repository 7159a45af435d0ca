import { type Json, ref } from "@alienplatform/deploy";
import type { AzurePart } from "../azure-part.ts";
import type { AzureStack } from "../azure-place.ts";
import { stateAccountName } from "../names.ts";
import { storageId, tableId } from "../resource-ids.ts";
import { rolesOnlyAccount } from "../roles-only-account.ts";
import { GROUP } from "../stage-parts.ts";

/** The addresses, among the parts, of a stage's state table and of the account that it is in. */
export const TABLE = "stage/state/table";
export const STATE_ACCOUNT = "stage/state";

/** In an account of its own any name will do. */
const NAME = "state";

/**
 * What a stage keeps beside its queues, once there is a queue: a key, a limit or a delay is given at the send and declared
 * nowhere. In an account of its own: a function's decides what code runs there, and a stage may have no function.
 */
export function tableParts(stack: AzureStack): readonly AzurePart[] {
  if (stack.queues().length === 0) return [];
  const { place } = stack;
  const account = stateAccountName(place);
  const table = `${account}/${NAME}`;
  return [
    {
      id: STATE_ACCOUNT,
      type: "storage-account",
      name: account,
      resource: place.stack,
      config: rolesOnlyAccount(place.region),
      after: [GROUP],
      known: { id: storageId(place, account), name: account },
    },
    {
      id: TABLE,
      type: "storage-table",
      name: table,
      resource: place.stack,
      config: {},
      after: [STATE_ACCOUNT],
      known: { id: tableId(place, table), name: NAME },
    },
  ];
}

/** What bindings say of it. */
export const tableAddress: Readonly<Record<"endpoint" | "name", Json>> = {
  endpoint: ref(STATE_ACCOUNT, "tables"),
  name: ref(TABLE, "name"),
};
