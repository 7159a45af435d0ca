import type { RemotePart } from "../controller.ts";

/** What a stage's state table holds, in words, where nobody looks into it. */
export const STATE_HELD = "what the stage has noted of messages: keys, limits, delays and jobs";

/**
 * What would be lost that somebody has to consent to, in words.
 * @param isReplaced Whether another one takes its place, so that what it holds would be missed.
 */
export function lossOf({ holds, isAside }: RemotePart, isReplaced: boolean): string | undefined {
  return isAside === true && !isReplaced ? undefined : holds;
}
