import type { Case } from "../case.ts";
import type { Rate } from "../flow.ts";
import { DURABILITIES, type Durability, type Line, ratioAtLeast } from "../line.ts";
import { interleave } from "../measure.ts";
import { openOurs } from "../ours.ts";
import { rawWrites } from "../raw.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";
import { drain, fill } from "../steady.ts";

const CONSUMERS = [1, 10, 100] as const;

/** receive(10) and ack from a backlog. */
export const receive: Case = {
  name: "receive",
  async *run(setting) {
    const count = scaled(setting, 150_000);
    const subjects: Record<string, () => Promise<Rate>> = {
      raw: () => rawWrites({ count, batch: 1000, durability: "process" }),
    };
    for (const durability of DURABILITIES) {
      for (const consumers of CONSUMERS) {
        const share = consumers === 1 ? count / 3 : count;
        subjects[key(durability, consumers)] = () => drainRate(durability, consumers, share);
      }
    }
    const figures = await interleave(setting.rounds, subjects);
    const rate = (name: string): number => figures[name]?.rate ?? Number.NaN;
    for (const durability of DURABILITIES) {
      for (const consumers of CONSUMERS) {
        const line: Line = {
          name: `receive(10) + ack, ${consumers} consumers`,
          durability,
          unit: "/s",
          ours: rate(key(durability, consumers)),
          other:
            durability === "power"
              ? { name: "the same, process", value: rate(key("process", consumers)) }
              : { name: "raw batch of 1,000", value: rate("raw") },
        };
        const bound = durability === "power" ? 0.75 : 0.45;
        yield consumers === 100 ? { ...line, target: ratioAtLeast(bound) } : line;
      }
    }
  },
};

function key(durability: Durability, consumers: number): string {
  return `${durability} ${consumers}`;
}

function drainRate(durability: Durability, consumers: number, count: number): Promise<Rate> {
  return inTemporaryDirectory(async (directory) => {
    const ours = await openOurs(directory, durability);
    await fill(ours, count);
    const rate = await drain(ours.client, consumers, count);
    await ours.close();
    return { rate };
  });
}
