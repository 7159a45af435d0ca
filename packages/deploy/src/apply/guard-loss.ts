import { AlienError } from "@alienplatform/core";
import type { RemotePart } from "../controller.ts";
import { lossOf } from "../part/loss.ts";
import type { Plan, Step } from "../plan/plan.ts";

/** Refuses to delete what holds something, unless the plan has consent for its resource. */
export function guardLoss(
  { allowDataLoss, parts }: Plan,
  { part, type, name, resource }: Step,
  remote: RemotePart,
): void {
  const isReplaced = parts.some(({ id }) => id === part);
  const holds = lossOf(remote, isReplaced);
  if (holds === undefined || allowDataLoss.includes(resource)) return;
  throw new AlienError("DATA_LOSS", `deleting ${type} "${name}" would lose ${holds}`, {
    fix: `Take it out first, or plan again with --allow-data-loss ${resource}.`,
    details: { type, name, resource, holds },
  });
}
