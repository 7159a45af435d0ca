import type { GoogleClient } from "../google-client.ts";
import { unlessGone } from "../google-refusal.ts";
import { ITEMS } from "../table/collections.ts";
import type { Document } from "../table/firestore-client.ts";

/** Of so many that Firestore answers first one is likely not over yet, where there is any; each is paid as one read. */
const LOOKED_AT = 20;

/** What would be lost with a database of state, in words: what is over is nothing. */
export async function keptItems(
  google: GoogleClient,
  database: string,
  now: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await unlessGone(
    google.call<readonly { readonly document?: Document }[]>("firestore", {
      verb: "POST",
      path: `v1/${database}/documents:runQuery`,
      body: {
        structuredQuery: {
          select: { fields: [{ fieldPath: "expires" }] },
          from: [{ collectionId: ITEMS, allDescendants: true }],
          limit: LOOKED_AT,
        },
      },
      signal,
    }),
  );
  const documents = (found ?? []).flatMap(({ document }) => document ?? []);
  const kept = documents.filter(({ fields }) => {
    const expires = fields?.expires?.integerValue;
    return expires === undefined || Number(expires) > now;
  });
  // Where all that was looked at is over, there may be more.
  const some = kept.length > 0 || documents.length === LOOKED_AT;
  return some ? "its idempotency keys and the records of its jobs" : undefined;
}
