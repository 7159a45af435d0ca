import { isMet, type Line, ratioOf, type Target } from "./line.ts";

const HEADER = ["what", "durability", "ours", "against", "", "ratio", "target", "met"];
const WIDTHS = [52, 10, 13, 30, 13, 8, 15, 4];

export function header(): string {
  return `${row(HEADER)}\n${row(WIDTHS.map((width) => "-".repeat(width)))}`;
}

/** A row of the table, in Markdown, aligned for people who read it in a terminal. */
export function printLine(line: Line): string {
  const ratio = ratioOf(line);
  const met = isMet(line);
  return row([
    line.name,
    line.durability ?? "",
    figure(line.ours, line.unit),
    line.other?.name ?? "",
    line.other === undefined ? "" : figure(line.other.value, line.unit),
    ratio === undefined ? "" : ratio.toFixed(2),
    line.target === undefined ? "" : printTarget(line.target, line.unit),
    met === undefined ? "" : met ? "yes" : "NO",
  ]);
}

export function jsonLine(line: Line): string {
  return JSON.stringify({ ...line, ratio: ratioOf(line), met: isMet(line) });
}

function printTarget(target: Target, unit: Line["unit"]): string {
  const bound = target.on === "ours" ? figure(target.bound, unit) : String(target.bound);
  return `${target.is} ${bound}`;
}

function figure(value: number, unit: Line["unit"]): string {
  if (unit === "/s") {
    return value >= 1000 ? `${(value / 1000).toFixed(1)} k/s` : `${value.toFixed(0)} /s`;
  }
  if (unit === "x") return value.toFixed(2);
  return `${value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2)} ${unit}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell, index) => cell.padEnd(WIDTHS[index] ?? 0)).join(" | ")} |`;
}
