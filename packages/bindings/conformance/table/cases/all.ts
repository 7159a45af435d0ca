import type { TableCase } from "../table-case.ts";
import { conditions } from "./conditions.ts";
import { expiry } from "./expiry.ts";
import { faults } from "./faults.ts";
import { items } from "./items.ts";
import { lists } from "./lists.ts";
import { textCases } from "./texts.ts";

/** Every case of the suite, by its part. */
export const tableCases: Readonly<Record<string, readonly TableCase[]>> = {
  items,
  conditions,
  expiry,
  lists,
  texts: textCases,
  faults,
};
