import { AlienError, type Duration, parseDuration } from "@alienplatform/core";
import type { DeadLetterFilter } from "../queue/dead-letter.ts";
import { refuseUnknown } from "../queue/unknown-option.ts";

/** Which dead letters; all that is given holds at once. */
export interface DeadLetterSelection {
  /** The failure's code, exactly: "LEASE_EXPIRED", or the name of what was thrown. */
  readonly code?: string | undefined;
  /** Part of the failure's message, whatever the case. */
  readonly error?: string | undefined;
  /** The first line of the failure's message, exactly. */
  readonly firstLine?: string | undefined;
  /** Dead for at least so long. */
  readonly olderThan?: Duration | undefined;
  /** Dead for at most so long. */
  readonly youngerThan?: Duration | undefined;
  /** A field of a JSON payload by its dotted path ("items.0.sku"); numbers are compared by their exact value. */
  readonly field?:
    | { readonly path: string; readonly equals: string | number | bigint | boolean | null }
    | undefined;
}

const FIELDS = ["code", "error", "firstLine", "olderThan", "youngerThan", "field"];

/** The selection as a driver takes it, checked. */
export function readSelection(selection: DeadLetterSelection): DeadLetterFilter {
  refuseUnknown("the filter", selection, FIELDS);
  const { code, error, firstLine, olderThan, youngerThan, field } = selection;
  return {
    ...(code !== undefined && { code }),
    ...(error !== undefined && { error }),
    ...(firstLine !== undefined && { firstLine }),
    ...(olderThan !== undefined && { olderThanMs: parseDuration(olderThan) }),
    ...(youngerThan !== undefined && { youngerThanMs: parseDuration(youngerThan) }),
    ...(field !== undefined && {
      field: { path: readPath(field.path), equals: jsonOf(field.equals) },
    }),
  };
}

function readPath(path: string): string {
  if (typeof path === "string" && path !== "" && !path.split(".").includes("")) return path;
  throw new AlienError(
    "OPTION_INVALID",
    `${JSON.stringify(path)} is not the path of a payload field`,
    {
      fix: 'Write the field\'s name, with dots for nested ones and numbers for places: "items.0.sku".',
      details: { option: "field" },
    },
  );
}

function jsonOf(value: string | number | bigint | boolean | null): string {
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "number" || Number.isFinite(value)) return JSON.stringify(value);
  throw new AlienError("OPTION_INVALID", `no JSON payload has a field that is ${value}`, {
    fix: "Compare with a finite number, a bigint, a string, a boolean or null.",
    details: { option: "field" },
  });
}
