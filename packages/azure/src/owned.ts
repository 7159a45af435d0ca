import type { Owner } from "@alienplatform/deploy";
import type { AzurePlace } from "./azure-place.ts";
import type { Arm } from "./control/arm.ts";
import { ownerOf } from "./control/owner-tags.ts";
import { GROUP_VERSION } from "./control/resource-group.ts";
import { groupName } from "./names.ts";
import { groupId } from "./resource-ids.ts";

/**
 * The ids of all that carries the marks of a stage: its group, and what is in it. A list may show for some minutes what is
 * deleted already. Queues, containers, secrets and role assignments are in no list: they are in something that is.
 */
export async function ownedBy(
  stage: Omit<Owner, "part">,
  place: AzurePlace,
  arm: Arm,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const at = { ...place, ...stage };
  const id = groupId(at);
  const group = await arm.get(id, GROUP_VERSION, signal);
  if (group === undefined) return [];
  const inside = (await arm.listed(groupName(at), signal)) ?? [];
  return [{ id, tags: group.tags ?? {} }, ...inside].flatMap(({ id: found, tags }) => {
    const owner = ownerOf(tags);
    return owner?.stack === stage.stack && owner.stage === stage.stage ? [found] : [];
  });
}
