import type { LocalClock } from "@alienplatform/local/operate";
import { printDuration } from "../print/duration.ts";
import type { Report } from "./reporter.ts";

/** Says that the queues' time is ahead: what is sent now may look as if it came from the future. */
export async function warnAhead(clock: LocalClock, report: Report): Promise<void> {
  const { aheadMs } = await clock.read();
  if (aheadMs === 0) return;
  const ahead = `the queues' clock is ${printDuration(aheadMs)} ahead`;
  const back = `go back with "alien clock reset" (what is delayed by then waits that much longer), or forget all messages with "alien dev --reset"`;
  report({ type: "warning", text: `${ahead}: ${back}` });
}
