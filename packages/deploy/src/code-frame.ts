import { readFile } from "node:fs/promises";

/** A place in a source file; line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** The line with its neighbours and a mark under the column; undefined where the file cannot be read any more. */
export async function codeFrame(location: SourceLocation): Promise<string | undefined> {
  const source = await readFile(location.file, "utf8").catch(() => undefined);
  return source === undefined ? undefined : frameOf(source, location);
}

/** The same of a source that is read already. */
export function frameOf(source: string, location: SourceLocation): string {
  const first = Math.max(1, location.line - 2);
  const lines = source.split(/\r?\n/).slice(first - 1, location.line + 1);
  const width = String(first + lines.length - 1).length;
  return lines
    .flatMap((text, index) => {
      const number = first + index;
      const here = number === location.line;
      const line = `${here ? ">" : " "} ${String(number).padStart(width)} | ${text}`.trimEnd();
      // Tabs are kept, so that the mark stands under its letter.
      const indent = text.slice(0, location.column - 1).replace(/[^\t]/g, " ");
      return here ? [line, `  ${" ".repeat(width)} | ${indent}^`] : [line];
    })
    .join("\n");
}
