import { isDeepStrictEqual } from "node:util";
import { AlienError } from "@alienplatform/core";
import type { Place } from "../deploy-platform.ts";
import type { Plan } from "../plan/plan.ts";
import type { State } from "../state/state.ts";
import { stale } from "./stale.ts";

/** A plan of a newer format, for elsewhere, or with problems, is not begun. */
export function refuseProblems(plan: Plan, place: Place): void {
  if (plan.version > 1) {
    throw new AlienError(
      "STATE_VERSION",
      `the plan has version ${plan.version}; this program reads 1`,
      {
        fix: "Use the version of alien that made it, or a newer one.",
        details: { version: plan.version, reads: 1 },
      },
    );
  }
  if (!isDeepStrictEqual(plan.place, place)) {
    throw new AlienError(
      "PLACE_CHANGED",
      "the plan was made for another account, region or stage",
      {
        fix: "Sign in to where it was made for, or plan again.",
        details: { plan: plan.place, place },
      },
    );
  }
  if (plan.problems.length === 0) return;
  const lines = plan.problems.map(({ problem, fix }) => `${problem}. ${fix}`);
  throw new AlienError("PLAN_REFUSED", `the plan cannot be applied: ${lines.join("\n  ")}`, {
    fix: "Solve each problem, then plan again.",
    details: { problems: plan.problems },
  });
}

/** Only the state that a plan was made from may be changed by it. */
export function refuseStale({ from }: Plan, state: State | undefined): void {
  const { lineage, serial } = state ?? { lineage: undefined, serial: 0 };
  if (lineage !== from.lineage) throw stale("the state was replaced by another one", { from });
  if (serial === from.serial) return;
  const what = `the state was changed, from serial ${from.serial} to ${serial},`;
  throw stale(what, { from, lineage, serial });
}
