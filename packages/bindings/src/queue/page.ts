import { AlienError } from "@alienplatform/core";
import { refuseUnknown } from "./unknown-option.ts";

const LARGEST_PAGE = 500;
const PAGE = 10;

/** Which part of a longer list. */
export interface PageOptions {
  /** 1..500; 10 unless told otherwise. */
  readonly limit?: number;
  /** The id to go on after. */
  readonly after?: string | undefined;
}

/** The options of a call as a driver takes them, checked. */
export function readPage(
  call: string,
  options: PageOptions,
): {
  readonly limit: number;
  readonly after?: string;
} {
  refuseUnknown(call, options, ["limit", "after"]);
  const { limit = PAGE, after } = options;
  if (!Number.isInteger(limit) || limit < 1 || limit > LARGEST_PAGE) {
    throw new AlienError("OPTION_INVALID", `limit is ${String(limit)}`, {
      fix: `Ask for 1 to ${LARGEST_PAGE} at once, and go on after the last one's id.`,
      details: { option: "limit" },
    });
  }
  return after === undefined ? { limit } : { limit, after };
}
