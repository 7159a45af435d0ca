import { AlienError } from "@alienplatform/core";
import type { Change, Owner, PartContext } from "../controller.ts";

/** The change by which the engine asks for marks; no setting of a part has this name. */
export const OWNER = "owner";

/**
 * Whose a part is. What the state remembers by this very id was ours before, so no call is spent on its tags; those of
 * anything else are asked for.
 */
export async function ownerUnlessRemembered(
  context: PartContext<unknown>,
  id: string,
  ask: () => Promise<Owner | undefined>,
): Promise<{ readonly owner?: Owner }> {
  return asOwner(context.remembered === id ? context.owner : await ask());
}

/** The field of a part that says whose it is; none where nobody marked it. */
export function asOwner(owner: Owner | undefined): { readonly owner?: Owner } {
  return owner === undefined ? {} : { owner };
}

/**
 * Before something is deleted whose marks `read` did not ask for: somebody may have made another one under its name, and
 * its id is made of the name.
 */
export function refuseOthers(
  found: Owner | undefined,
  { owner, name }: PartContext<unknown>,
): void {
  if (found === undefined || (found.stack === owner.stack && found.stage === owner.stage)) return;
  const whose = `stack "${found.stack}", stage "${found.stage}"`;
  throw new AlienError("NAME_TAKEN", `"${name}" is not deleted: it is of ${whose} now`, {
    fix: "Plan again with the tags as they are, or remove them from it.",
    details: { name },
  });
}

/** Whether an update has to mark the part. */
export function marksMissing(changes: readonly Change[]): boolean {
  return changes.some(({ path }) => path === OWNER);
}
