import type { TypedPart } from "../cloudflare-part.ts";
import type { CloudflareStack } from "../cloudflare-stack.ts";
import { stateDatabaseName } from "../names.ts";
import { SCHEMA } from "./schema.ts";

/** The address of the state table among the parts. */
export const STATE_PART = "state";

/** What the database is called in the `env` of every Worker that has a queue. */
export const STATE_VARIABLE = "ALIEN_STATE_TABLE";

/**
 * The database that a stage keeps its state in, where it has a queue: a key, a limit or a delay is given at the send and
 * declared nowhere, and a database that nobody asks costs nothing.
 */
export function databaseParts(stack: CloudflareStack): readonly TypedPart<"d1-database">[] {
  const { place } = stack;
  if (stack.queues().length === 0) return [];
  const name = stateDatabaseName(place);
  return [
    {
      id: STATE_PART,
      type: "d1-database",
      name,
      resource: place.stack,
      config: { schema: SCHEMA },
      known: { name },
    },
  ];
}
