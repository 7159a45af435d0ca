import type { Case } from "../case.ts";
import { ratioAtMost } from "../line.ts";
import { interleave } from "../measure.ts";
import { openOurs } from "../ours.ts";
import { receiveTimes } from "../receive-times.ts";
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
