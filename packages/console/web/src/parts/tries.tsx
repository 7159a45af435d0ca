import type { Attempt } from "../data/model.ts";
import { counted } from "./format.ts";

interface TriesProps {
  readonly history: readonly Attempt[];
  /** Since it was redriven, where it was. */
  readonly since?: number;
}

/** How often a message was tried: of one that was redriven, since then and in all, everywhere the same. */
export function Tries({ history, since = sinceRedrive(history) }: TriesProps) {
  const isRedriven = history.some(({ redrivenAt }) => redrivenAt !== undefined);
  const tried = counted(since, "attempt");
  return isRedriven ? (
    <span class="when attempts" title={`${tried} since it was redriven, ${history.length} in all`}>
      {tried}, {history.length} in all
    </span>
  ) : (
    <span class="when attempts">{tried}</span>
  );
}

function sinceRedrive(history: readonly Attempt[]): number {
  const last = history.findLastIndex(({ redrivenAt }) => redrivenAt !== undefined);
  return history.length - 1 - last;
}
