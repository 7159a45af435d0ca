import { AlienError, type Duration, parseDuration } from "@alienplatform/core";
import type { PauseRequest } from "./control.ts";
import { refuseUnknown } from "./unknown-option.ts";

const LONGEST_REASON = 1_024;
const FORM = 'Write pause("the bank is closed", { until: "2h", whilePaused: "wait" }).';

export interface PauseOptions {
  /** When the queue resumes by itself: after a duration, or at a time. Without it somebody has to resume it. */
  readonly until?: Duration | Date;
  /** What becomes of messages meanwhile: they "wait", or go to the dead letters at once ("deadLetter"). Default is what the trigger declares. */
  readonly whilePaused?: "wait" | "deadLetter";
}

/** Checks what pause() is called with; a duration counts from `now`. */
export function readPause(reason: string, options: PauseOptions, now: number): PauseRequest {
  refuseUnknown("pause", options, ["until", "whilePaused"]);
  const { until, whilePaused } = options;
  if (typeof reason !== "string" || reason.trim() === "")
    throw new TypeError(`A pause has a reason. ${FORM}`);
  if (reason.length > LONGEST_REASON)
    throw new AlienError(
      "OPTION_INVALID",
      `the reason has ${reason.length} characters, at most ${LONGEST_REASON} are kept`,
      { fix: "Say it in fewer words.", details: { option: "reason" } },
    );
  if (whilePaused !== undefined && whilePaused !== "wait" && whilePaused !== "deadLetter")
    throw new TypeError(`whilePaused is "wait" or "deadLetter". ${FORM}`);
  return {
    reason,
    ...(until !== undefined && { until: readUntil(until, now) }),
    ...(whilePaused !== undefined && { whilePaused }),
  };
}

function readUntil(until: Duration | Date, now: number): number {
  const at = until instanceof Date ? until.getTime() : now + parseDuration(until, "until");
  if (at > now) return at;
  if (Number.isNaN(at)) throw new TypeError(`until is no valid Date. ${FORM}`);
  const shown = until instanceof Date ? until.toISOString() : `${until} from now`;
  throw new AlienError("OPTION_INVALID", `the pause would be over at once: until is ${shown}`, {
    fix: "Give a time that is to come, or leave until out.",
    details: { option: "until" },
  });
}
