import { AlienError, type Clock } from "@alienplatform/core";
import type { RemotePart } from "./controller.ts";
import { pause } from "./pause.ts";

const PAUSES_MS = [500, 1_000, 2_000];

/**
 * Reads what may have been made without anybody having seen it: the process was killed, or the answer was lost. Listings
 * show late what is new; who believed the first one would make a second part, or leave one behind.
 */
export async function readInDoubt(
  read: () => Promise<RemotePart | undefined>,
  clock: Clock,
  signal: AbortSignal,
): Promise<RemotePart | undefined> {
  let remote = await read();
  for (const delayMs of PAUSES_MS) {
    if (remote !== undefined) break;
    await pause(clock, delayMs, signal);
    // Who is told to stop has not looked often enough to know that it is not there.
    if (signal.aborted) throw new AlienError("ABORTED", "the read was aborted");
    remote = await read();
  }
  return remote;
}
