import type { Attempt } from "@alienplatform/bindings";
import { printCount } from "./count.ts";

/** How often a message was tried; `since` is how often after it was redriven last, where it was. */
export function printTries(history: readonly Attempt[], since = sinceRedrive(history)): string {
  const isRedriven = history.some(({ redrivenAt }) => redrivenAt !== undefined);
  if (!isRedriven) return printCount(since, "attempt");
  return `${printCount(since, "attempt")} since it was redriven, ${history.length} in all`;
}

function sinceRedrive(history: readonly Attempt[]): number {
  const last = history.findLastIndex(({ redrivenAt }) => redrivenAt !== undefined);
  return history.length - 1 - last;
}
