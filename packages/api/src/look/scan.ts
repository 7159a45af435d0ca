/** What one request looks at, at most: the next one goes on from there. */
const MOST_SCANNED = 5_000;
const PAGE = 500;

/** Gives what comes after an id, in order; [] at the end. */
export type NextPage<Item> = (after: string | undefined, limit: number) => Promise<readonly Item[]>;

/** What a scan found, and where to go on. */
export interface Scanned<Item> {
  readonly items: readonly Item[];
  /** Undefined at the end. */
  readonly next: string | undefined;
}

/** Looks at items page by page until `limit` match or enough have been looked at. */
export async function scan<Item extends { readonly id: string }>(
  page: NextPage<Item>,
  matches: (item: Item) => boolean,
  limit: number,
  after: string | undefined,
): Promise<Scanned<Item>> {
  const items: Item[] = [];
  let at = after;
  for (let seen = 0; seen < MOST_SCANNED; ) {
    const found = await page(at, PAGE);
    if (found.length === 0) return { items, next: undefined };
    for (const item of found) {
      at = item.id;
      seen++;
      if (matches(item)) items.push(item);
      if (items.length === limit) return { items, next: at };
    }
  }
  return { items, next: at };
}
