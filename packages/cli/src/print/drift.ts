import type { Drift } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { printChange } from "./setting.ts";
import { visible } from "./visible.ts";

/** What is not as it was deployed, with what the next deploy makes of it. */
export function printDrift(drifts: readonly Drift[], colors: Colors): string {
  if (drifts.length === 0) return `${colors.green("no drift")}: everything is as it was deployed`;
  const lines = drifts.flatMap(({ type, name, gone, changes }) => [
    `${colors.yellow("~")} ${type}  ${visible(name)}${gone ? colors.red("  is gone") : ""}`,
    ...changes.flatMap((change) => printChange(change, colors).map((line) => `    ${line}`)),
  ]);
  const parts = printCount(drifts.length, "part");
  return [...lines, "", `${parts} changed by somebody else; alien deploy repairs`].join("\n");
}
