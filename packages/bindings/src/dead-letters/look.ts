import type { QueueDriver, Receiver } from "../queue/driver.ts";

/** How long letters may be on loan to one look, which gives them back at its end. */
const LOOK_MS = 120_000;

/** What one look holds at most; far beyond it a service refuses more loans anyway. */
export const MOST_LOOKED_AT = 20_000;

/** Takes the letters of a queue on loan, for the moment of a look. */
export async function openLook(
  dead: QueueDriver,
): Promise<{ readonly receiver: Receiver; readonly leaseMs: number }> {
  const { max, leaseMaxMs } = dead.capabilities;
  const leaseMs = Math.min(LOOK_MS, leaseMaxMs);
  return { receiver: await dead.open({ credit: max.receive, leaseMs }), leaseMs };
}
