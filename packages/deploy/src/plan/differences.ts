import type { Change, Controller, RemotePart } from "../controller.ts";
import type { Place } from "../deploy-platform.ts";
import type { Json } from "../part/json.ts";
import { isOurs, ownerText } from "../part/ownership.ts";

/** Everything that is not as it should be: settings, and the marks of who made it. */
export function differences(
  controller: Controller,
  config: Json,
  remote: RemotePart,
  place: Place,
): readonly Change[] {
  const changes = controller.diff(config, remote);
  if (isOurs(remote.owner, place)) return changes;
  const to = ownerText(place);
  const from = remote.owner === undefined ? {} : { from: ownerText(remote.owner) };
  return [...changes, { path: "owner", ...from, to }];
}
