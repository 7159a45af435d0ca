import type { Colors } from "../terminal.ts";

/** Rows under dim headings, two spaces apart; columns of numbers align right. */
export function printTable(
  headings: readonly string[],
  rows: readonly (readonly (string | number)[])[],
  colors: Colors,
): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => String(row[column] ?? "").length)),
  );
  const line = (cells: readonly (string | number)[], right: (column: number) => boolean) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return right(column) ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join("  ")
      .trimEnd();
  const numeric = (column: number) => rows.some((row) => typeof row[column] === "number");
  return [colors.dim(line(headings, numeric)), ...rows.map((row) => line(row, numeric))].join("\n");
}
