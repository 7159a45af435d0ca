import { readFileSync } from "node:fs";
import { frameOf } from "@alienplatform/deploy";
import { type Place, placesOf } from "./place.ts";

/** Calls of the project's own that led to an error; more say little. */
const LONGEST_TRACE = 8;

/** Where in the project's own source something was thrown. */
export interface Trace {
  /** "src/worker.ts:6:48" */
  readonly place: string;
  /** The line with its neighbours and a mark; absent where the file cannot be read any more. */
  readonly frame?: string;
  /** The calls that led there, as a stack has them; those of packages and of node are left out. */
  readonly calls: readonly string[];
}

/** Undefined where nothing of the project had a part in it. */
export function traceOf(stack: string | undefined, directory: string): Trace | undefined {
  const places = placesOf(stack, directory);
  const [first] = places;
  if (first === undefined) return undefined;
  const frame = frameAt(first);
  return {
    place: textOf(first),
    ...(frame === undefined ? {} : { frame }),
    calls: places
      .slice(0, LONGEST_TRACE)
      .map(
        (place) =>
          `at ${place.call === undefined ? textOf(place) : `${place.call} (${textOf(place)})`}`,
      ),
  };
}

function textOf({ path, line, column }: Place): string {
  return `${path}:${line}:${column}`;
}

/** Read at once, so that what is told stays in its order. */
function frameAt({ file, line, column }: Place): string | undefined {
  try {
    return frameOf(readFileSync(file, "utf8"), { file, line, column });
  } catch {
    // Gone since: the place is still right.
    return undefined;
  }
}
