/** One thing that a reader of a document does, or is told to see. */
export type DocumentStep =
  | { readonly kind: "write"; readonly path: string; readonly text: string }
  | { readonly kind: "type"; readonly lines: readonly string[] }
  | { readonly kind: "start"; readonly line: string }
  | { readonly kind: "see"; readonly lines: readonly RegExp[] };

/**
 * What a document says to do, in its order: `ts` blocks that begin with a path are files, `sh` blocks are typed,
 * `sh dev` goes on beside what follows, and `text` is seen then, "…" being whatever is there.
 */
export function stepsOf(document: string): readonly DocumentStep[] {
  return [...document.matchAll(/^```(\w+)(?: (\w+))?\n(.*?)^```$/gms)].flatMap(
    ([, language, mark, body = ""]): readonly DocumentStep[] => {
      const lines = body.trimEnd().split("\n");
      if (language === "text") return [{ kind: "see", lines: lines.map(patternOf) }];
      if (language === "sh") {
        if (mark === "install") return [];
        return [mark === "dev" ? { kind: "start", line: body.trim() } : { kind: "type", lines }];
      }
      const path = /^\/\/ (\S+\.ts)\n/.exec(body)?.[1];
      return path === undefined ? [] : [{ kind: "write", path, text: body }];
    },
  );
}

function patternOf(line: string): RegExp {
  const parts = line
    .trim()
    .split("…")
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(parts.map((part) => part.replaceAll(/\s+/g, "\\s+")).join(".*"));
}
