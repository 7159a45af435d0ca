import { AlienError } from "@alienplatform/core";
import { pause } from "../pause.ts";
import type { DeadLetterSweep, SweptPage } from "../queue/dead-letter.ts";
import type { OpenOperator } from "../queue/open-operator.ts";
import { type DeadLetterSelection, readSelection } from "./selection.ts";

const LARGEST_PAGE = 100;

export interface SweepOptions {
  readonly filter?: DeadLetterSelection | undefined;
  /** Those that died later are left out; now unless told otherwise. */
  readonly diedBy?: Date | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each page with how many are done so far. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** What is done to each, and how fast at most. */
export interface SweepAct extends Pick<DeadLetterSweep, "act"> {
  readonly to?: string | undefined;
  readonly perSecond?: number | undefined;
}

/** Does something to every dead letter that a filter means, a page at a time; answers to how many. The first failure ends it. */
export async function sweep(
  opened: OpenOperator,
  { onProgress, ...options }: SweepOptions,
  { perSecond, ...act }: SweepAct,
): Promise<number> {
  checkRate(perSecond);
  const { clock } = opened;
  const began = clock.now();
  let done = 0;
  const pages = sweptPages(opened, options, { ...act, pageSize: pageSize(perSecond) });
  for await (const { results } of pages) {
    done += results.filter((result) => result.ok && result.applied !== false).length;
    onProgress?.(done);
    for (const result of results) if (!result.ok) throw result.error;
    if (perSecond === undefined) continue;
    await pause(clock, began + (done / perSecond) * 1_000 - clock.now(), options.signal);
  }
  return done;
}

/** The pages of one pass over those that a filter means. */
export function sweptPages(
  { operator, clock }: OpenOperator,
  { filter = {}, diedBy, signal }: Omit<SweepOptions, "onProgress">,
  { act, to, pageSize = LARGEST_PAGE }: Omit<SweepAct, "perSecond"> & { pageSize?: number },
): AsyncIterable<SweptPage> {
  return operator.sweep({
    act,
    filter: { ...readSelection(filter), diedBy: diedBy?.getTime() ?? clock.now() },
    pageSize,
    clock,
    ...(to === undefined ? {} : { to }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** About five pages a second, so that a rate is kept evenly. */
function pageSize(perSecond: number | undefined): number {
  if (perSecond === undefined) return LARGEST_PAGE;
  return Math.max(1, Math.min(LARGEST_PAGE, Math.floor(perSecond / 5)));
}

function checkRate(perSecond: number | undefined): void {
  if (perSecond === undefined || (Number.isFinite(perSecond) && perSecond > 0)) return;
  throw new AlienError("OPTION_INVALID", `perSecond is ${String(perSecond)}`, {
    fix: "Give a number of messages above 0, or leave it out.",
    details: { option: "perSecond" },
  });
}
