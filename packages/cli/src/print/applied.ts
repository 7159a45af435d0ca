import type { ApplyResult, Plan } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { printDuration } from "./duration.ts";
import { explanationOf, indented } from "./error.ts";
import { visible } from "./visible.ts";

/** How it ended: root causes with their fixes, what was not begun, and where things are now. */
export function printApplied(
  { operation, place }: Plan,
  result: ApplyResult,
  tookMs: number,
  colors: Colors,
): string {
  const { done, failed, held, interrupted, stopped, state } = result;
  const took = colors.dim(`in ${printDuration(tookMs)}`);
  const stage = `${place.stack}, stage ${place.stage}`;
  const lines: string[] = [];
  // The last of them is the error that the command ends with.
  for (const { step, error } of failed.slice(1)) {
    lines.push(
      `${colors.red("error")} ${colors.bold(error.code)}  ${step.part}: ${indented(error.message)}`,
    );
    if (error.fix !== undefined) lines.push(`  ${colors.green("fix")}  ${visible(error.fix)}`);
    lines.push(colors.dim(`  more ${explanationOf(error.code)}`));
  }
  const open = held.length + interrupted.length + stopped.length;
  if (failed.length > 0 || open > 0) {
    const counts = [
      `${done.length} done`,
      ...(failed.length > 0 ? [`${failed.length} failed`] : []),
      ...(open > 0 ? [`${open} not done`] : []),
    ];
    lines.push(
      `${colors.red(`${operation} of ${stage} is not complete`)}: ${counts.join(", ")} ${took}`,
    );
    return lines.join("\n");
  }
  if (operation === "destroy") {
    lines.push(
      done.length === 0
        ? `${colors.green("nothing to destroy")}: there is nothing of ${stage}`
        : `${colors.green("destroyed")} ${stage}: ${printCount(done.length, "part")} ${took}`,
    );
    return lines.join("\n");
  }
  const what = done.length === 0 ? "nothing to do" : `${printCount(done.length, "change")} ${took}`;
  lines.push(`${colors.green("deployed")} ${stage}: ${what}`);
  for (const [part, { remote }] of Object.entries(state?.parts ?? {})) {
    const url = remote?.attributes.url;
    // A part of its own on some platforms, and the function itself on others.
    const [resource] = /^function\/[^/]+(?=$|\/url$)/.exec(part) ?? [];
    if (resource !== undefined && url !== undefined)
      lines.push(`  ${resource}  ${colors.cyan(url)}`);
  }
  return lines.join("\n");
}

/** The same for programs, one line. */
export function printAppliedJson(
  { operation, place }: Plan,
  result: ApplyResult,
  tookMs: number,
): string {
  const { done, failed, held, interrupted, stopped } = result;
  return JSON.stringify({
    version: 1,
    kind: "applied",
    operation,
    place,
    tookMs: Math.round(tookMs),
    done: done.map(({ part }) => part),
    failed: failed.map(({ step, error }) => ({ part: step.part, error })),
    held: held.map(({ step, behind }) => ({ part: step.part, behind })),
    interrupted: interrupted.map(({ part }) => part),
    stopped: stopped.map(({ part }) => part),
  });
}
