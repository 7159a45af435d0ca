import { query } from "../../navigation/location.ts";

/** The filters of dead letters, as the address and the API name them. */
export const FILTERS = ["code", "error", "where", "olderThan", "youngerThan"] as const;

export type DeadFilter = Readonly<Partial<Record<(typeof FILTERS)[number], string>>>;

/** Which dead letters the address means. */
export function deadFilter(): DeadFilter {
  const given = FILTERS.map((name) => [name, query.value.get(name) ?? ""] as const);
  return Object.fromEntries(given.filter(([, value]) => value !== ""));
}

/** The same as the end of a path: "?code=TIMEOUT", or nothing. */
export function queryOf(filter: DeadFilter): string {
  const text = new URLSearchParams(filter).toString();
  return text === "" ? "" : `?${text}`;
}
