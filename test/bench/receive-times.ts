import { percentile } from "./measure.ts";
import { type Ours, QUEUE } from "./ours.ts";
import { payload } from "./payload.ts";

/** How long receives of one message take, milliseconds; one is sent before each, so that there is always one. */
export async function receiveTimes(
  ours: Ours,
  times: number,
): Promise<{ readonly p50: number; readonly p99: number }> {
  const taken: number[] = [];
  for (let index = 0; index < times; index++) {
    await ours.send(payload(index));
    const started = performance.now();
    const messages = await ours.client.receive(QUEUE, 1);
    taken.push(performance.now() - started);
    await ours.client.ack(messages);
  }
  return { p50: percentile(taken, 50), p99: percentile(taken, 99) };
}
