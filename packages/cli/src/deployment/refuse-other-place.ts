import { AlienError } from "@alienplatform/core";
import type { Place, State } from "@alienplatform/deploy";

/** Throws where a stage was deployed to another account or region than this process talks to. */
export function refuseOtherPlace({ place, parts }: State, here: Place): void {
  if (Object.keys(parts).length === 0) return;
  const other = Object.entries(place.settings).filter(
    ([name, value]) => here.settings[name] !== value,
  );
  if (other.length === 0) return;
  const was = other.map(([name, value]) => `${name} ${value}`).join(", ");
  const is = other.map(([name]) => `${name} ${here.settings[name]}`).join(", ");
  throw new AlienError("PLACE_CHANGED", `stage "${place.stage}" is in ${was}, and this is ${is}`, {
    fix: "Sign in to that account, and name that region with --region.",
  });
}
