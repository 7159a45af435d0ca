import type { Finding } from "../doctor/finding.ts";
import type { Colors } from "../terminal.ts";
import { printCount } from "./count.ts";
import { indented } from "./error.ts";
import { visible } from "./visible.ts";

/** A line for each, problems with what to do; how many there are at the end. */
export function printFindings(findings: readonly Finding[], colors: Colors): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  const lines = findings.flatMap(({ check, status, message, fix }) => [
    `${sign(status, colors)} ${check.padEnd(width)}  ${indented(message)}`,
    ...(fix === undefined ? [] : [`    ${colors.green("fix")}  ${visible(fix)}`]),
  ]);
  const count = (wanted: Finding["status"]) =>
    findings.filter(({ status }) => status === wanted).length;
  const [problems, warnings] = [count("problem"), count("warning")];
  const end = [
    ...(problems === 0 ? [] : [printCount(problems, "problem")]),
    ...(warnings === 0 ? [] : [printCount(warnings, "warning")]),
  ];
  return [...lines, "", end.length === 0 ? "all is well" : end.join(", ")].join("\n");
}

function sign(status: Finding["status"], colors: Colors): string {
  if (status === "ok") return colors.green("✓");
  return status === "warning" ? colors.yellow("!") : colors.red("✗");
}
