import { isDeepStrictEqual } from "node:util";
import type { Change } from "./controller.ts";
import type { Json } from "./part/json.ts";

/** The change of one setting, or none where it is as it should be. For a controller's `diff`. */
export function changed(
  path: string,
  from: Json | undefined,
  to: Json | undefined,
  replaces?: string,
): readonly Change[] {
  if (isDeepStrictEqual(from, to)) return [];
  return [
    {
      path,
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
      ...(replaces === undefined ? {} : { replaces }),
    },
  ];
}
