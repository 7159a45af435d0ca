import type { Applied } from "../../data/applied.ts";
import { counted } from "../../parts/format.ts";

/** What the API answers to a redrive or discard: one result for each id; none where the server goes on by itself. */
export interface Results {
  readonly results?: readonly (Applied & { readonly error?: unknown })[];
}

/** What came of a redrive or discard: how many letters were, how many were gone before, how many are refused. */
export function told(answers: readonly Results[], act: "redrive" | "discard"): string {
  const results = answers.flatMap((answer) => answer.results ?? []);
  if (results.length === 0) return "The server is at it; its progress is below.";
  const refused = results.filter(({ error }) => error !== undefined).length;
  const gone = results.filter(({ applied }) => applied === false).length;
  const done = counted(results.length - refused - gone, "letter");
  return [
    `${done} ${act === "redrive" ? "redriven" : "discarded"}`,
    ...(gone === 0 ? [] : [`${gone} not there any more`]),
    ...(refused === 0 ? [] : [`${refused} refused`]),
  ].join(", ");
}
