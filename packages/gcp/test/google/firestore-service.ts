import { randomUUID } from "node:crypto";
import type { Service } from "./google-server.ts";
import { Refused } from "./refused.ts";
import type { Message } from "./schema.ts";
import { type GoogleWorld, masked, type Stored } from "./world.ts";

/** Calls that making and removing a database take here. */
const WORKING = 2;
const ADMIN = "google.firestore.admin.v1.FirestoreAdmin";

/** https://cloud.google.com/firestore/docs/reference/rest/v1/projects.databases */
export function firestoreService(world: GoogleWorld): Service {
  const { databases, fields, operations } = world;
  const found = (name: unknown): Stored => {
    const one = databases.get(String(name));
    if (one !== undefined) return one;
    throw new Refused(404, "NOT_FOUND", `The database ${name} does not exist.`);
  };
  const begin = (database: string, calls: number, end: () => void): Stored => {
    const name = `${database}/operations/${randomUUID()}`;
    operations.set(name, { name });
    world.later(calls, () => {
      end();
      operations.set(name, { name, done: true });
    });
    return { name };
  };
  return {
    [`${ADMIN}.CreateDatabase`]: ({ parent, databaseId, database }) => {
      const id = String(databaseId);
      if (!/^[a-z][a-z0-9-]{2,61}[a-z0-9]$/.test(id))
        throw Refused.invalid(`Database id ${id} is not legal.`);
      const wanted = database as Message; // as the schema has it
      if (!/^[a-z]+-[a-z]+\d+$|^(eur3|nam5|nam7)$/.test(String(wanted.locationId)))
        throw Refused.invalid(`Invalid location ${wanted.locationId}.`);
      const name = `${parent}/databases/${id}`;
      if (databases.has(name) || isMaking(name, operations)) {
        throw new Refused(409, "ALREADY_EXISTS", "Database already exists.");
      }
      return begin(name, WORKING, () =>
        databases.set(name, {
          deleteProtectionState: "DELETE_PROTECTION_DISABLED",
          ...wanted,
          name,
          uid: randomUUID(),
          concurrencyMode: "PESSIMISTIC",
        }),
      );
    },
    [`${ADMIN}.GetDatabase`]: ({ name }) => found(name),
    [`${ADMIN}.ListDatabases`]: () => ({ databases: [...databases.values()] }),
    [`${ADMIN}.DeleteDatabase`]: ({ name }) => {
      const { deleteProtectionState } = found(name);
      if (deleteProtectionState === "DELETE_PROTECTION_ENABLED") {
        throw new Refused(400, "FAILED_PRECONDITION", "The database has delete protection.");
      }
      return begin(String(name), WORKING, () => {
        databases.delete(String(name));
        for (const path of fields.keys()) if (path.startsWith(`${name}/`)) fields.delete(path);
      });
    },
    [`${ADMIN}.ListFields`]: ({ parent, filter }) => {
      const database = String(parent).replace(/\/collectionGroups\/-$/, "");
      found(database);
      if (filter !== "indexConfig.usesAncestorConfig=false OR ttlConfig:*")
        throw Refused.invalid("Only overridden fields can be listed.");
      const ours = [...fields.values()].filter(({ name }) =>
        String(name).startsWith(`${database}/`),
      );
      return { fields: ours.map((each) => shown(database, each)) };
    },
    [`${ADMIN}.UpdateField`]: ({ field, updateMask }) => {
      const wanted = field as Message; // as the schema has it
      const name = String(wanted.name);
      const [database = ""] = name.split("/collectionGroups/");
      found(database);
      const [group = ""] = name.split("/fields/");
      const next = masked(fields.get(name) ?? { name }, wanted, updateMask);
      const other = [...fields.values()].some(
        (each) => each.name !== name && String(each.name).startsWith(`${group}/`) && each.ttlConfig,
      );
      if (next.ttlConfig !== undefined && other) {
        throw new Refused(400, "FAILED_PRECONDITION", "Only one field of a group can have a TTL.");
      }
      return begin(database, WORKING, () => {
        if (next.ttlConfig === undefined && next.indexConfig === undefined) fields.delete(name);
        else fields.set(name, next);
      });
    },
    "google.firestore.admin.v1.Operations.GetOperation": ({ name }) => {
      const operation = operations.get(String(name));
      if (operation === undefined) throw Refused.missing(String(name));
      return operation;
    },
    "google.firestore.v1.Firestore.RunQuery": async ({ parent, structuredQuery }) => {
      const database = String(parent).replace(/\/documents$/, "");
      found(database);
      const { limit } = structuredQuery as { readonly limit?: number }; // as the schema has it
      const documents = await world.documents(database);
      const readTime = new Date(0).toISOString();
      if (documents.length === 0) return [{ readTime }];
      return documents.slice(0, limit).map((document) => ({ document, readTime }));
    },
  };
}

/** Whether it is being made: nobody sees it yet. */
function isMaking(database: string, operations: ReadonlyMap<string, Stored>): boolean {
  return [...operations.values()].some(
    ({ name, done }) => String(name).startsWith(`${database}/`) && done !== true,
  );
}

/** What a field inherits is told with it. */
function shown(database: string, field: Stored): Stored {
  const ancestorField = `${database}/collectionGroups/__default__/fields/*`;
  const { indexConfig, ttlConfig } = field;
  return {
    ...field,
    indexConfig:
      indexConfig === undefined
        ? { usesAncestorConfig: true, ancestorField, indexes: [{ queryScope: "COLLECTION" }] }
        : { ...indexConfig, ancestorField },
    ...(ttlConfig === undefined ? {} : { ttlConfig: { state: "CREATING" } }),
  };
}
