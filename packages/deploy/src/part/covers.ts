import { isDeepStrictEqual } from "node:util";
import { isUnknown } from "./expression.ts";
import type { Json } from "./json.ts";

/** Whether a value is the one that was foreseen, in which what was unknown then may be anything. */
export function covers(foreseen: Json | undefined, value: Json | undefined): boolean {
  if (isUnknown(foreseen)) return true;
  if (typeof foreseen !== "object" || typeof value !== "object") {
    return isDeepStrictEqual(foreseen, value);
  }
  if (Array.isArray(foreseen) !== Array.isArray(value)) return false;
  const [one, other] = [new Map(Object.entries(foreseen)), new Map(Object.entries(value))];
  return [...new Set([...one.keys(), ...other.keys()])].every((key) =>
    covers(one.get(key), other.get(key)),
  );
}
