import type { Case } from "../case.ts";
import { flowRate, lowLoad } from "../flow.ts";
import { oursAtMost, ratioAtLeast } from "../line.ts";
import { interleave } from "../measure.ts";
import { opener } from "../ours.ts";
import { rawWrites } from "../raw.ts";
import { scaled } from "../setting.ts";

/** From send to handler in one process, under load and with nothing to do. */
export const handle: Case = {
  name: "handle",
  async *run(setting) {
    const count = scaled(setting, 100_000);
    const few = scaled(setting, 2_000);
    const flows = await interleave(setting.rounds, {
      raw: async () => ({
        ...(await rawWrites({ count, batch: 1000, durability: "process" })),
        p50: 0,
        p99: 0,
      }),
      process: () => flowRate(opener("process"), 100, count),
      power: () => flowRate(opener("power"), 100, count),
    });
    const lows = await interleave(setting.rounds, {
      process: () => lowLoad(opener("process"), few),
      power: () => lowLoad(opener("power"), few),
    });
    const loaded = "send + handler, 100 in flight";
    yield {
      name: loaded,
      durability: "process",
      unit: "/s",
      ours: flows.process.rate,
      other: { name: "raw batch of 1,000", value: flows.raw.rate },
      target: ratioAtLeast(0.17),
    };
    yield {
      name: loaded,
      durability: "power",
      unit: "/s",
      ours: flows.power.rate,
      other: { name: "the same, process", value: flows.process.rate },
      target: ratioAtLeast(0.6),
    };
    const limits = { process: { p50: 0.6, p99: 5 }, power: undefined };
    for (const durability of ["process", "power"] as const) {
      for (const rank of ["p50", "p99"] as const) {
        const limit = limits[durability]?.[rank];
        yield {
          name: `${loaded}, latency ${rank}`,
          durability,
          unit: "ms",
          ours: flows[durability][rank],
          ...(limit === undefined ? {} : { target: oursAtMost(limit) }),
        };
      }
    }
    for (const durability of ["process", "power"] as const) {
      const name = "send + handler, low load, latency";
      const { p50, p99 } = lows[durability];
      const target = oursAtMost(durability === "power" ? 0.5 : 0.2);
      yield { name: `${name} p50`, durability, unit: "ms", ours: p50, target };
      yield { name: `${name} p99`, durability, unit: "ms", ours: p99 };
    }
  },
};
