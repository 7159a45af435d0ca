import { AlienError } from "@alienplatform/core";
import { isWellFormed } from "./text.ts";

const LONGEST = 128;

/** The FIFO group of a message: the option, else the payload's field. Numbers and booleans become text. */
export function readGroup(
  queue: string,
  path: string | undefined,
  payload: unknown,
  option: unknown,
): string {
  const given = option !== undefined || path === undefined ? option : fieldOf(payload, path);
  if (given === undefined || given === null) throw missing(queue, path);
  if (typeof given === "number" && Math.abs(given) > Number.MAX_SAFE_INTEGER) throw rounded(queue);
  const group = typeof given === "number" || typeof given === "boolean" ? String(given) : given;
  if (typeof group !== "string") throw invalid(queue, `is of type ${typeof group}`);
  if (group === "") throw invalid(queue, "is empty");
  if (group.length > LONGEST) throw invalid(queue, `has ${group.length} characters`);
  if (!isWellFormed(group) || group === "NaN") throw invalid(queue, "is not text");
  return group;
}

function fieldOf(payload: unknown, path: string): unknown {
  let value = payload;
  for (const key of path.split(".")) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key]; // its own, as just seen
  }
  return value;
}

function missing(queue: string, path: string | undefined): AlienError {
  const where = path === undefined ? "" : ` and the payload has no "${path}"`;
  return new AlienError("GROUP_MISSING", `queue "${queue}" is FIFO; no group was given${where}`, {
    fix:
      path === undefined
        ? `Send with a group: { group: "..." }.`
        : `Set "${path}" in the payload, or send with a group: { group: "..." }.`,
    details: { queue, ...(path === undefined ? {} : { path }) },
  });
}

/** What is read as such a number may have been another one: two groups would be one. */
function rounded(queue: string): AlienError {
  return new AlienError("GROUP_INVALID", `the group for queue "${queue}" is a number beyond 2^53`, {
    fix: "Send numbers beyond 2^53 as text: as numbers they are rounded.",
    details: { queue },
  });
}

function invalid(queue: string, what: string): AlienError {
  return new AlienError("GROUP_INVALID", `the group for queue "${queue}" ${what}`, {
    fix: `Use a string of 1 to ${LONGEST} characters, a number or a boolean.`,
    details: { queue },
  });
}
