import { fileURLToPath } from "node:url";
import type { SourceLocation } from "./code-frame.ts";

/** The places of a stack trace that lie in files, innermost first. */
export function stackPlaces(stack: string): readonly SourceLocation[] {
  return stack.split("\n").flatMap((text) => {
    const match = /^\s+at (?:.*\()?(.+?):(\d+):(\d+)\)?$/.exec(text);
    const [, place = "", line, column] = match ?? [];
    if (place === "") return [];
    const file = place.startsWith("file://") ? fileURLToPath(place) : place;
    return [{ file, line: Number(line), column: Number(column) }];
  });
}
