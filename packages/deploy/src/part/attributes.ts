import type { RemotePart } from "../controller.ts";
import type { Lookup } from "./expression.ts";
import type { Part } from "./part.ts";

/** Looks attributes up: those that are certain beforehand first, then those of what is there. */
export function attributesOf(
  parts: readonly Part[],
  remoteOf: (id: string) => RemotePart | undefined,
): Lookup {
  const known = new Map(parts.map(({ id, known = {} }) => [id, known]));
  return ({ $ref, attribute }) =>
    known.get($ref)?.[attribute] ?? remoteOf($ref)?.attributes[attribute];
}
