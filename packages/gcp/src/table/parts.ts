import { queuesOf } from "@alienplatform/bindings/declared";
import { type Consumer, join, ref } from "@alienplatform/deploy";
import { accountPartId, functionPartId } from "../function/part-ids.ts";
import type { TypedPart } from "../gcp-part.ts";
import type { GcpStack } from "../gcp-stack.ts";
import { accountName, databaseName } from "../names.ts";
import { REMOVED_FROM } from "./collections.ts";
import { TABLE_ROLES } from "./rights.ts";

/** Of the database that a stage keeps its state in, among the parts. */
export const STATE_PART = "state";

/** Every stage with a queue has one: whether anything is kept only a send says. */
export function stateParts(stack: GcpStack): readonly TypedPart<"firestore-database">[] {
  if (stack.queues().length === 0) return [];
  const { place } = stack;
  const name = databaseName(place);
  return [
    {
      id: STATE_PART,
      type: "firestore-database",
      name,
      resource: place.stack,
      config: {
        locationId: place.region,
        type: "FIRESTORE_NATIVE",
        deleteProtectionState: "DELETE_PROTECTION_DISABLED",
        timeToLive: REMOVED_FROM,
        indexed: false,
      },
      known: { path: `projects/${place.project}/databases/${name}` },
    },
  ];
}

/** What a function may do there, where it uses a queue. */
export function stateGrantParts(
  consumer: Consumer,
  { place }: GcpStack,
): readonly TypedPart<"database-grant">[] {
  return stateGrantIds(consumer).map((id) => ({
    id,
    type: "database-grant",
    name: `${accountName(place, consumer.id)} on databases/${databaseName(place)}`,
    resource: consumer.id,
    config: {
      database: ref(STATE_PART, "path"),
      member: join("serviceAccount:", ref(accountPartId(consumer), "email")),
      roles: TABLE_ROLES,
    },
  }));
}

/** The addresses of these parts. */
export function stateGrantIds(consumer: Consumer): readonly string[] {
  return queuesOf(consumer).length === 0 ? [] : [`${functionPartId(consumer)}/may/${STATE_PART}`];
}

/** What `binding.address.table` says of it. */
export function loweredTable({ place }: GcpStack): { readonly [key: string]: string } {
  const { firestore: endpoint } = place;
  return { database: databaseName(place), ...(endpoint === undefined ? {} : { endpoint }) };
}
