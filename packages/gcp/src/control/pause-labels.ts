import { gather, type Labels, spread } from "./owner-labels.ts";

const REASON = "alien-pause-reason";
const SINCE = "alien-pause-since";

/** Of a reason: labels are 64 at most, and short. */
const LONGEST_REASON = 160;

/** Why a subscription does not push, as its labels tell: deploy keeps that, and finds no difference in it. */
export interface PauseMark {
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

/** The labels of a subscription whose push is switched off. */
export function pauseLabels({ reason, since }: PauseMark): Record<string, string> {
  return { ...spread(REASON, reason.slice(0, LONGEST_REASON)), [SINCE]: String(since) };
}

/** What they say; undefined where nobody paused it. */
export function pauseOf(labels: Labels = {}): PauseMark | undefined {
  const { [SINCE]: since } = labels;
  if (since === undefined) return undefined;
  return { reason: gather(REASON, labels) ?? "", since: Number(since) };
}

/** The labels without a pause. */
export function withoutPause(labels: Labels = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).filter(([name]) => !name.startsWith("alien-pause-")),
  );
}
