import type { Case } from "../case.ts";
import { ratioAtMost } from "../line.ts";
import { interleave, percentile } from "../measure.ts";
import { type Ours, openOurs, QUEUE } from "../ours.ts";
import { payload } from "../payload.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";
import { drain, fill } from "../steady.ts";

/** A receive after a million were acknowledged before it, against one from a store that never held any. */
export const head: Case = {
  name: "head",
  async *run(setting) {
    const acked = scaled(setting, 1_000_000);
    const times = scaled(setting, 2_000);
    const { fresh, used } = await inTemporaryDirectory((empty) =>
      inTemporaryDirectory(async (full) => {
        const young = await openOurs(empty, "process");
        const old = await openOurs(full, "process");
        await fill(old, acked);
        await drain(old.client, 100, acked);
        const answer = await interleave(setting.rounds, {
          fresh: () => receiveTimes(young, times),
          used: () => receiveTimes(old, times),
        });
        await Promise.all([young.close(), old.close()]);
        return answer;
      }),
    );
    yield {
      name: `receive, ${acked} acked before it, p50`,
      durability: "process",
      unit: "ms",
      ours: used.p50,
      other: { name: "a store that never held any", value: fresh.p50 },
      target: ratioAtMost(2),
    };
    yield {
      name: `receive, ${acked} acked before it, p99`,
      durability: "process",
      unit: "ms",
      ours: used.p99,
      other: { name: "a store that never held any", value: fresh.p99 },
    };
  },
};

async function receiveTimes(ours: Ours, times: number): Promise<{ p50: number; p99: number }> {
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
