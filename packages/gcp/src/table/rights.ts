import type { Condition } from "../control/iam-policy.ts";

/** To read and write the items of a stage's state; whoever uses a queue does both. */
export const TABLE_ROLES: readonly string[] = ["roles/datastore.user"];

/**
 * Holds a role of the whole project to one database, "projects/p/databases/d".
 * https://cloud.google.com/iam/docs/conditions-resource-attributes
 */
export function databaseCondition(database: string): Condition {
  // Of 100 characters at most; a database's name has 63.
  const title = `database ${database.split("/").at(-1) ?? ""} alone`;
  return { title, expression: `resource.name == "${database}"` };
}
