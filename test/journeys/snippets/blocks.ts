/** A fenced block of a document. */
export interface Block {
  /** The document, from the checkout's root. */
  readonly path: string;
  /** Of its first fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** The heading that it stands under. */
  readonly heading: string;
  /** Why the tests of this folder do not run it, as the document says in a comment above it. */
  readonly excuse?: Excuse | undefined;
}

export type Excuse =
  /** Another test runs it, which names the document. */
  { readonly by: string } | { readonly because: string };

/** What somebody could type, run or send: all but text. */
export const RUNNABLE: ReadonlySet<string> = new Set([
  "bash",
  "console",
  "http",
  "json",
  "python",
  "rust",
  "sh",
  "ts",
]);

/**
 * The blocks of a document, in its order. `<!-- run by <test> -->` and `<!-- not run: <reason> -->` are about the next
 * block; `<!-- all run by <test> -->` and `<!-- none run: <reason> -->` about all of the document.
 */
export function blocksOf(path: string, document: string): readonly Block[] {
  const ofAll = excuseIn(document, /^<!-- (?:all run by (\S+)|none run: (.+)) -->$/m);
  const blocks: Block[] = [];
  let heading = "";
  let excuse: Excuse | undefined;
  let open: { line: number; language: string; text: string[] } | undefined;
  for (const [index, line] of document.split("\n").entries()) {
    const fence = /^\s*```(.*)$/.exec(line);
    if (open !== undefined && fence === null) open.text.push(line);
    else if (open !== undefined) {
      const text = open.text.map((one) => `${one}\n`).join("");
      blocks.push({ path, ...open, text, heading, excuse: excuse ?? ofAll });
      open = undefined;
      excuse = undefined;
    } else if (fence !== null) {
      const [language = ""] = (fence[1] ?? "").split(" ");
      open = { line: index + 1, language, text: [] };
    } else if (line.startsWith("#")) heading = line;
    else excuse = excuseIn(line, /^<!-- (?:run by (\S+)|not run: (.+)) -->$/) ?? excuse;
  }
  return blocks;
}

/** Where it stands, as editors and terminals open it. */
export function placeOf({ path, line }: Block): string {
  return `${path}:${line}`;
}

function excuseIn(text: string, pattern: RegExp): Excuse | undefined {
  const [, by, because] = pattern.exec(text) ?? [];
  if (by !== undefined) return { by };
  return because === undefined ? undefined : { because };
}
