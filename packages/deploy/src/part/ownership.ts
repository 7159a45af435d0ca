import type { Owner } from "../controller.ts";
import type { Place } from "../deploy-platform.ts";

/** Whether what a part's marks say is the stage that deploys. Its part may have had another id then. */
export function isOurs(owner: Owner | undefined, place: Place): boolean {
  return owner !== undefined && owner.stack === place.stack && owner.stage === place.stage;
}

/** Whose something is, for people. */
export function ownerText({ stack, stage }: Omit<Owner, "part">): string {
  return `stack "${stack}", stage "${stage}"`;
}
