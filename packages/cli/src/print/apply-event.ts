import type { ApplyEvent, StateLock, Step } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { printDuration } from "./duration.ts";
import { visible, visibleLine } from "./visible.ts";

const DOING = {
  create: "creating",
  update: "changing",
  replace: "replacing",
  delete: "deleting",
  adopt: "taking over",
  forget: "forgetting",
  none: "reading",
} as const satisfies Record<Step["action"], string>;

const DONE = {
  create: "created",
  update: "changed",
  replace: "replaced",
  delete: "deleted",
  adopt: "took over",
  forget: "forgot",
  none: "read",
} as const satisfies Record<Step["action"], string>;

/** The line that stays of an event; undefined for one that says only what is under way. */
export function printApplyEvent(event: ApplyEvent, colors: Colors): string | undefined {
  switch (event.kind) {
    case "locked":
    case "started":
      return undefined;
    case "watching":
      return printWatching(event.lock, event.forMs, colors);
    case "waiting": {
      const { step, error, delayMs } = event;
      // What was made a moment ago is not known everywhere at once: nothing that anybody has to read.
      const why =
        error.code === "NOT_READY"
          ? "what it needs is not ready yet"
          : visibleLine(error.message, 160);
      const wait = `again in ${printDuration(delayMs)}: ${why}`;
      return `${colors.yellow("…")} ${named(step, colors)}  ${colors.dim(wait)}`;
    }
    case "done":
      return `${colors.green("✓")} ${DONE[event.step.action]} ${named(event.step, colors)}  ${colors.dim(printDuration(event.tookMs))}`;
    case "failed":
      return `${colors.red("✗")} ${DOING[event.step.action]} ${named(event.step, colors)}  ${visible(event.error.message)}`;
    case "interrupted":
      return colors.dim(
        `- ${DOING[event.step.action]} ${named(event.step, colors)}  stopped before it was done`,
      );
    case "held":
      return colors.dim(`- ${named(event.step, colors)}  not begun, because of ${event.behind}`);
  }
}

/** Says whose lock it is that is watched, and why nothing happens for so long. */
export function printWatching(
  { owner, operation, until }: StateLock,
  forMs: number,
  colors: Colors,
  now = Date.now(),
): string {
  const moved = printDuration(Math.abs(now - (until - forMs)));
  // Who has it moves it on until so long from then; by another clock than ours that may be to come.
  const seen = until - forMs < now ? `last seen ${moved} ago` : `its clock is ${moved} ahead`;
  const wait = `${seen}; waiting ${printDuration(forMs)} to see whether it still lives`;
  return `${colors.yellow("…")} locked: ${operation} by ${visible(owner)}, ${colors.dim(wait)}`;
}

/** The line of a step that is under way: "creating queue images-dev-tasks  2.1s". */
export function printRunning(step: Step, sinceMs: number, colors: Colors): string {
  return `${colors.cyan("•")} ${DOING[step.action]} ${named(step, colors)}  ${colors.dim(printDuration(sinceMs))}`;
}

/** The event as one object, for programs. */
export function printApplyEventJson(event: ApplyEvent): string {
  return JSON.stringify({ version: 1, ...event });
}

function named({ type, name }: Step, colors: Colors): string {
  return `${colors.dim(type)} ${visible(name)}`;
}
