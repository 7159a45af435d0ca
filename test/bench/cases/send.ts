import type { Case } from "../case.ts";
import { sendRate } from "../flow.ts";
import { DURABILITIES, type Durability, ratioAtLeast } from "../line.ts";
import { interleave } from "../measure.ts";
import { opener } from "../ours.ts";
import { rawWrites } from "../raw.ts";
import { scaled } from "../setting.ts";

/** Durable sends at several widths against the same messages in raw batches. */
export const send: Case = {
  name: "send",
  async *run(setting) {
    for (const durability of DURABILITIES) {
      const alone = scaled(setting, durability === "power" ? 6_000 : 20_000);
      const many = scaled(setting, 200_000);
      const open = opener(durability);
      const raw = (batch: number, count: number) => () => rawWrites({ count, batch, durability });
      const figures = await interleave(setting.rounds, {
        put: raw(1, alone),
        "1": () => sendRate(open, 1, alone),
        batch10: raw(10, many / 4),
        "10": () => sendRate(open, 10, many / 4),
        batch100: raw(100, many),
        "100": () => sendRate(open, 100, many),
        batch1000: raw(1000, many),
        "1000": () => sendRate(open, 1000, many),
        "2000": () => sendRate(open, 2000, many),
      });
      const rows = [
        ["1", "raw put", figures.put, ratioAtLeast(0.7)],
        ["10", "raw batch of 10", figures.batch10, undefined],
        ["100", "raw batch of 100", figures.batch100, undefined],
        ["1000", "raw batch of 1,000", figures.batch1000, undefined],
        ["2000", "raw batch of 1,000", figures.batch1000, crowdTarget(durability)],
      ] as const;
      for (const [width, name, other, target] of rows) {
        yield {
          name: `send, ${width} in flight`,
          durability,
          unit: "/s",
          ours: figures[width].rate,
          other: { name, value: other.rate },
          ...(target === undefined ? {} : { target }),
        };
      }
    }
  },
};

function crowdTarget(durability: Durability) {
  return ratioAtLeast(durability === "power" ? 0.8 : 0.6);
}
