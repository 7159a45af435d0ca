import type { AlienError } from "@alienplatform/core";
import type { Step } from "../plan/plan.ts";

/** What became of one step. */
export type Outcome =
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: AlienError }
  /** Begun, but told to end before it was done. */
  | { readonly kind: "interrupted" }
  /** Not begun, because the step of another part failed. */
  | { readonly kind: "held"; readonly behind: string }
  /** Not begun, because all was stopped before. */
  | { readonly kind: "stopped" };

/**
 * Walks the steps, each as soon as those that it needs are done. What makes a part waits for what makes the parts that
 * it needs; what deletes one waits for all that happens to those that were built on it. One outcome per step, in order.
 */
export function walk(
  steps: readonly Step[],
  work: (step: Step) => Promise<Outcome>,
  onHeld: (step: Step, behind: string) => void,
): Promise<readonly Outcome[]> {
  const outcomes: Promise<Outcome>[] = [];
  const byPart = new Map<string, { readonly step: Step; readonly outcome: Promise<Outcome> }[]>();
  for (const step of steps) {
    const before = step.after
      .flatMap((id) => byPart.get(id) ?? [])
      .filter((other) => isDeletion(step) || !isDeletion(other.step));
    const outcome = (async (): Promise<Outcome> => {
      for (const other of before) {
        const ended = await other.outcome;
        if (ended.kind === "done") continue;
        if (ended.kind === "interrupted" || ended.kind === "stopped") return { kind: "stopped" };
        const behind = ended.kind === "held" ? ended.behind : other.step.part;
        onHeld(step, behind);
        return { kind: "held", behind };
      }
      return work(step);
    })();
    outcomes.push(outcome);
    byPart.set(step.part, [...(byPart.get(step.part) ?? []), { step, outcome }]);
  }
  return Promise.all(outcomes);
}

/** Whether a step ends a thing rather than making one. */
function isDeletion({ action }: Step): boolean {
  return action === "delete" || action === "forget";
}
