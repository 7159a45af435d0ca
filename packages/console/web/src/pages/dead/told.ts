import type { Applied } from "../../data/applied.ts";
import type { Act, Operation } from "../../data/model.ts";
import { counted } from "../../parts/format.ts";

/** What the API answers to a redrive or discard: one result for each id; none where the server goes on by itself. */
export interface Results {
  readonly results?: readonly (Applied & { readonly error?: unknown })[];
}

const PAST = { redrive: "redriven", discard: "discarded" };

/** What came of the letters of an error, which somebody may have given up before all were done. */
export function toldOfGroup(
  { done, status }: Pick<Operation, "done" | "status">,
  act: Act,
): string {
  const rest = status === "CANCELLED" ? ", the rest was given up" : "";
  return `${counted(done, "letter")} ${PAST[act]}${rest}`;
}

/** What came of a redrive or discard: how many letters were, how many were gone before, how many are refused. */
export function told(answers: readonly Results[], act: Act): string {
  const results = answers.flatMap((answer) => answer.results ?? []);
  if (results.length === 0) return "The server is at it; its progress is below.";
  const refused = results.filter(({ error }) => error !== undefined).length;
  const gone = results.filter(({ applied }) => applied === false).length;
  const done = counted(results.length - refused - gone, "letter");
  return [
    `${done} ${PAST[act]}`,
    ...(gone === 0 ? [] : [`${gone} not there any more`]),
    ...(refused === 0 ? [] : [`${refused} refused`]),
  ].join(", ");
}
