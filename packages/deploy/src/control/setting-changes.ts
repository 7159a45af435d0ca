import { changed } from "../changed.ts";
import type { Change } from "../controller.ts";
import { isUnknown } from "../part/expression.ts";
import type { Json } from "../part/json.ts";

/** The settings of a part, by their names in the config. */
export type Settings = Readonly<Record<string, Json | undefined>>;

/**
 * The difference of each setting that either side has. `replaces` says of some why the vendor cannot change them in place.
 */
export function settingChanges(
  wanted: Settings,
  found: Settings,
  replaces: Readonly<Record<string, string>> = {},
): readonly Change[] {
  return [...new Set([...Object.keys(wanted), ...Object.keys(found)])].flatMap((name) =>
    changed(name, found[name], wanted[name], replaces[name]),
  );
}

/**
 * The same of a setting that has parts with names: "environment.NAME". `read` finds them in what is wanted, unless only
 * apply will tell what that is.
 */
export function entryChanges<Wanted>(
  path: string,
  wanted: Wanted & (Json | undefined),
  found: Settings,
  read: (wanted: Wanted) => Settings,
): readonly Change[] {
  if (isUnknown(wanted)) return changed(path, found, wanted);
  return settingChanges(read(wanted), found).map((change) => ({
    ...change,
    path: `${path}.${change.path}`,
  }));
}
