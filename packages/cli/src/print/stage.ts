import type { PartStatus, StageStatus } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { printDuration } from "./duration.ts";
import { printPlace } from "./plan.ts";
import { printTable } from "./table.ts";
import { visible } from "./visible.ts";

/** What a stage consists of, as its state has it, and who is changing it. */
export function printStage(stage: StageStatus, colors: Colors, now: number): string {
  const { lock, resources } = stage;
  const lines = [printPlace(stage, colors)];
  if (lock !== undefined) {
    const { owner, operation, since } = lock;
    const who = `${visible(owner)} for ${printDuration(now - since)}: ${operation}`;
    lines.push(colors.yellow(`locked by ${who}`));
  }
  const parts = resources.flatMap((each) => each.parts);
  if (lock === undefined && !stage.complete) {
    const open = parts.filter((part) => !isDone(part)).length;
    const goesOn = parts.some(({ status }) => status === "deleting")
      ? "alien deploy, or alien destroy, goes on from here"
      : "alien deploy goes on from here";
    const of = printCount(parts.length, "part");
    lines.push(colors.yellow(`not complete: ${open} of ${of} left undone; ${goesOn}`));
  }
  const rows = resources.flatMap(({ resource, parts }) =>
    parts.map(({ part, type, name, id, status }) => [
      resource,
      part,
      type,
      visible(name),
      status === "ready" && id === undefined ? "gone" : status,
    ]),
  );
  if (rows.length === 0) lines.push("nothing is deployed");
  else lines.push("", printTable(["resource", "part", "type", "name", "status"], rows, colors));
  return lines.join("\n");
}

function isDone({ status, id }: PartStatus): boolean {
  return status === "ready" && id !== undefined;
}
