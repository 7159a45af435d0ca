import type { VirtualClock } from "../../src/virtual-clock.ts";

/** What it answers, while as much time passes as it waits for. */
export async function passing<Value>(time: VirtualClock, call: Promise<Value>): Promise<Value> {
  let over = false;
  const ended = call.finally(() => {
    over = true;
  });
  ended.catch(() => undefined); // whoever awaits it is told
  for (let idle = 0; !over; ) {
    await new Promise((resolve) => setImmediate(resolve));
    // Digests are made beside the event loop: time waits for them.
    idle = time.next === undefined ? 0 : idle + 1;
    if (idle > 3 && time.next !== undefined) await time.advance(time.next - time.now());
  }
  return ended;
}
