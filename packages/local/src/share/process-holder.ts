import { readFileSync } from "node:fs";
import type { Holder } from "../engine/sessions.ts";

/** The kernel's PF_EXITING: set before a dying process's connections close, so that a close tells a death at once. */
const EXITING = 0x4;

interface ProcessState {
  readonly startedAt: number;
  readonly ending: boolean;
}

/** This process, as another one can find it again. */
export function ownProcess(): Holder {
  return { pid: process.pid, startedAt: stateOf(process.pid)?.startedAt ?? 0 };
}

/** Whether that very process lives, and no later one under its number. */
export function isRunning({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Every other answer comes from somebody who is there, if only a stranger.
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
  }
  const state = stateOf(pid);
  if (state === undefined) return true;
  return !state.ending && (startedAt === 0 || state.startedAt === startedAt);
}

/** undefined where there is no /proc; see proc_pid_stat(5) for the fields, which follow a name in parentheses. */
function stateOf(pid: number): ProcessState | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const dead = fields[0] === "Z" || fields[0] === "X";
  return {
    startedAt: Number(fields[19]),
    ending: dead || (Number(fields[6]) & EXITING) !== 0,
  };
}
