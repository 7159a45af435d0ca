import { AlienError } from "@alienplatform/core";
import type { Plan } from "@alienplatform/deploy";

/** Throws where a plan that was printed cannot be applied; its problems were printed with it. */
export function refuseProblems({ problems }: Pick<Plan, "problems">): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length === 0 ? "" : `, and ${others.length} more`;
  throw new AlienError(first.code, `${first.problem}${more}`, {
    fix: first.fix,
    details: { problems },
  });
}
