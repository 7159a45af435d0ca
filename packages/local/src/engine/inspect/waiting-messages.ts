import type { QueueParts } from "../parts.ts";

/** So many are looked at: a look must not take longer the longer a queue is. */
export const MOST_LOOKED_AT = 10_000;
const LOOSE_ROWS = 1_000;

/** One that waits, where its record lies. */
export interface WaitingMessage {
  readonly bytes: Buffer;
  readonly at: number;
  /** It was on loan and is not due yet. */
  readonly retriesLater: boolean;
}

/** Shows what waits and is not delayed since it was sent: what came back by its time, then the rest in order; the first of each. */
export async function showWaiting(
  { clock, loose, lanes }: QueueParts,
  visit: (message: WaitingMessage) => void,
): Promise<void> {
  const now = clock.now();
  let looked = 0;
  for (let last: { due: number; serial: number } | undefined; looked < MOST_LOOKED_AT; ) {
    const some = await loose.list(LOOSE_ROWS, last);
    last = some.at(-1);
    if (last === undefined) break;
    for (const { row, at, due, returned } of some) {
      looked++;
      if (returned || due <= now) visit({ bytes: row, at, retriesLater: due > now });
    }
  }
  looked = 0;
  for (const lane of lanes()) {
    if (looked >= MOST_LOOKED_AT) return;
    await lane.scan((bytes, at) => {
      visit({ bytes, at, retriesLater: false });
      return ++looked < MOST_LOOKED_AT;
    });
  }
}
