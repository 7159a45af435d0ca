import type { Case } from "../case.ts";
import { DURABILITIES } from "../line.ts";
import { interleave } from "../measure.ts";
import { rawWrites } from "../raw.ts";
import { scaled } from "../setting.ts";

/** The limits of classic-level itself, which everything else is measured against. */
export const raw: Case = {
  name: "raw",
  async *run(setting) {
    for (const durability of DURABILITIES) {
      const puts = scaled(setting, durability === "power" ? 8_000 : 30_000);
      const batched = scaled(setting, 400_000);
      const figures = await interleave(setting.rounds, {
        "awaited put": () => rawWrites({ count: puts, batch: 1, durability }),
        "chained batch of 10": () => rawWrites({ count: batched / 4, batch: 10, durability }),
        "chained batch of 100": () => rawWrites({ count: batched, batch: 100, durability }),
        "chained batch of 1,000": () => rawWrites({ count: batched, batch: 1000, durability }),
      });
      for (const [name, { rate: ours }] of Object.entries(figures)) {
        yield { name: `raw classic-level: ${name}`, durability, unit: "/s", ours };
      }
    }
  },
};
