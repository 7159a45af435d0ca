import type { DeadLetterSelection } from "@alienplatform/bindings/operate";
import { AlienError, type Duration } from "@alienplatform/core";
import type { Command } from "commander";
import { duration } from "../option-value.ts";

/** The flags that say which dead letters; all that are given hold at once. */
export interface FilterOptions {
  readonly code?: string;
  readonly error?: string;
  readonly olderThan?: Duration;
  readonly youngerThan?: Duration;
  readonly field?: NonNullable<DeadLetterSelection["field"]>;
}

export function filterOptions(command: Command): Command {
  return command
    .option("--code <code>", "whose failure has this code, as LEASE_EXPIRED")
    .option("--error <text>", "whose failure's message has this in it, whatever the case")
    .option("--older-than <duration>", 'dead for at least so long, as "1h"', duration)
    .option("--younger-than <duration>", 'dead for at most so long, as "2d"', duration)
    .option("--field <path=value>", "whose JSON payload has this, as customer.id=17", field);
}

export function selectionOf(options: FilterOptions): DeadLetterSelection {
  const { code, error, olderThan, youngerThan, field } = options;
  return { code, error, olderThan, youngerThan, field };
}

/** Whether any of the flags was given. */
export function isFiltered(options: FilterOptions): boolean {
  return Object.values(selectionOf(options)).some((value) => value !== undefined);
}

/** "items.0.sku=a": what is a scalar in JSON is one here, anything else is text. */
function field(given: string): NonNullable<DeadLetterSelection["field"]> {
  const at = given.indexOf("=");
  if (at >= 1) return { path: given.slice(0, at), equals: scalar(given.slice(at + 1)) };
  throw new AlienError("OPTION_INVALID", `"${given}" is not a field and its value`, {
    fix: `Write it as --field customer.id=17; quote text that looks like a number: --field 'zip="10115"'.`,
  });
}

function scalar(text: string): string | number | bigint | boolean | null {
  if (/^-?(0|[1-9]\d*)$/.test(text)) return BigInt(text);
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "number" || typeof value === "boolean" || value === null) return value;
    return typeof value === "string" ? value : text;
  } catch {
    return text; // a word without quotes
  }
}
