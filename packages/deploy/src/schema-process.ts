// Runs in a process of its own: imports the bundled alien.ts, says so, and checks payloads until it is ended.
// What alien.ts and its schemas do to this process reaches nobody else.

import { collectedBy } from "./collected-by.ts";
import type { PayloadCheck, PayloadIssue } from "./evaluation.ts";
import { payloadIssues } from "./payload-issues.ts";

/** What it is asked. */
export interface SchemaQuestion extends PayloadCheck {
  readonly number: number;
}

/** What it says: once that it has loaded alien.ts, and what there is against each payload. */
export type SchemaAnswer =
  | { readonly loaded: true }
  | { readonly number: number; readonly issues?: readonly PayloadIssue[] };

const [, , bundle = ""] = process.argv;

// Whoever started it ends it, also where a terminal tells the whole group to stop.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());

const { resources } = await collectedBy(bundle);
// The process that started this one sends nothing else.
process.on("message", (asked: unknown) => void answer(asked as SchemaQuestion));
say({ loaded: true });

async function answer({ number, ...check }: SchemaQuestion): Promise<void> {
  // Only the name of what a schema throws: its message may quote the payload.
  const issues = await payloadIssues(resources, check).catch((error: unknown) => [
    { message: `the schema itself threw: ${error instanceof Error ? error.name : typeof error}` },
  ]);
  say({ number, ...(issues && { issues }) });
}

function say(said: SchemaAnswer): void {
  process.send?.(said);
}
