import type { Case } from "../case.ts";
import { ratioAtMost } from "../line.ts";
import { interleave, lanes } from "../measure.ts";
import { openOurs, QUEUE } from "../ours.ts";
import { receiveTimes } from "../receive-times.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";
import { fill } from "../steady.ts";

/** A receive beside a million that are ready and a hundred thousand each in flight and delayed, against an empty store. */
export const mixed: Case = {
  name: "mixed",
  async *run(setting) {
    const ready = scaled(setting, 1_000_000);
    const some = scaled(setting, 100_000);
    const times = scaled(setting, 2_000);
    const { empty, full } = await inTemporaryDirectory((young) =>
      inTemporaryDirectory(async (old) => {
        const empty = await openOurs(young, "process");
        const full = await openOurs(old, "process");
        await fill(full, some, () => ({ delay: "7d" }));
        await fill(full, ready + some);
        await lanes(10, some / 100, () => full.client.receive(QUEUE, 100));
        const answer = await interleave(setting.rounds, {
          empty: () => receiveTimes(empty, times),
          full: () => receiveTimes(full, times),
        });
        await Promise.all([empty.close(), full.close()]);
        return answer;
      }),
    );
    for (const rank of ["p50", "p99"] as const) {
      yield {
        name: `receive beside ${ready} ready, ${some} in flight, ${some} delayed, ${rank}`,
        durability: "process",
        unit: "ms",
        ours: full[rank],
        other: { name: "an empty store", value: empty[rank] },
        target: ratioAtMost(2),
      };
    }
  },
};
