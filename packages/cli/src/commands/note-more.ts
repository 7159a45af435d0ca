import type { Terminal } from "../terminal.ts";

/** No page is longer. */
export const LONGEST_PAGE = 500;

export interface NextPage {
  readonly limit: number;
  readonly after: string;
}

/** One page of a list, and how to look whether there is another. */
export interface Page {
  readonly shown: readonly { readonly id: string }[];
  readonly limit: number;
  /** What comes after this one. */
  readonly next: (page: NextPage) => Promise<readonly unknown[]>;
  /** How many there are in all; undefined where nobody tells. */
  readonly total?: () => Promise<number | undefined>;
}

/** Says below a full page that there are more, and how to see them: who reads ten must not take them for all. */
export async function noteMore({ note, noteColors }: Terminal, page: Page): Promise<void> {
  const { shown, limit, next } = page;
  const after = shown.at(-1)?.id;
  if (after === undefined || shown.length < limit) return;
  if ((await next({ limit: 1, after })).length === 0) return;
  const total = (await page.total?.()) ?? 0;
  const known = total > shown.length;
  const goesOn = `--after ${after} goes on`;
  const seen = known && total <= LONGEST_PAGE ? `--number ${total} shows all` : goesOn;
  note(noteColors.dim(`${known ? `${shown.length} of ${total}` : "there are more"}; ${seen}`));
}
