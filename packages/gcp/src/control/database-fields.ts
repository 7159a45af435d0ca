import type { Settings } from "@alienplatform/deploy";
import type { GoogleClient } from "../google-client.ts";
import { ITEMS } from "../table/collections.ts";
import type { Operation } from "./operation.ts";

/** https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases.collectionGroups.fields */
interface Field {
  /** "projects/p/databases/d/collectionGroups/items/fields/removedFrom" */
  readonly name: string;
  readonly ttlConfig?: { readonly state?: string };
  readonly indexConfig?: {
    readonly indexes?: readonly unknown[];
    readonly usesAncestorConfig?: boolean;
    /** It goes back to what it inherits. */
    readonly reverting?: boolean;
  };
}

/** What stands for every field that nobody has named. */
const ALL = "*";

/** By which field items are removed, and whether they are indexed. One call: only what somebody has set is listed. */
export async function fieldSettings(
  google: GoogleClient,
  database: string,
  signal: AbortSignal,
): Promise<Settings> {
  const { fields = [] } = await google.call<{ readonly fields?: readonly Field[] }>("firestore", {
    verb: "GET",
    path: `v1/${database}/collectionGroups/-/fields`,
    query: { filter: "indexConfig.usesAncestorConfig=false OR ttlConfig:*" },
    signal,
  });
  const ours = fields.filter(({ name }) => name.startsWith(pathOf(database, "")));
  // One that has to be repaired is set again.
  const living = ours.find(
    ({ ttlConfig }) => ttlConfig !== undefined && ttlConfig.state !== "NEEDS_REPAIR",
  );
  const all = ours.find(({ name }) => name === pathOf(database, ALL))?.indexConfig;
  const own = all !== undefined && all.usesAncestorConfig !== true && all.reverting !== true;
  return {
    ...(living === undefined ? {} : { timeToLive: living.name.split("/").at(-1) ?? "" }),
    indexed: !own || (all.indexes ?? []).length > 0,
  };
}

/** Has items removed within a day after the time in a field, or no longer. */
export async function setTimeToLive(
  google: GoogleClient,
  database: string,
  field: string,
  removes: boolean,
  signal: AbortSignal,
): Promise<Operation> {
  const name = pathOf(database, field);
  const body = { name, ...(removes ? { ttlConfig: {} } : {}) };
  const query = { updateMask: "ttlConfig" };
  return google.call("firestore", { verb: "PATCH", path: `v1/${name}`, query, body, signal });
}

/** Has no field of items indexed, or those that Firestore indexes by itself. */
export async function stopIndexing(
  google: GoogleClient,
  database: string,
  stop: boolean,
  signal: AbortSignal,
): Promise<void> {
  const name = pathOf(database, ALL);
  const body = { name, ...(stop ? { indexConfig: {} } : {}) };
  const query = { updateMask: "indexConfig" };
  await google.call("firestore", { verb: "PATCH", path: `v1/${name}`, query, body, signal });
}

function pathOf(database: string, field: string): string {
  return `${database}/collectionGroups/${ITEMS}/fields/${field}`;
}
