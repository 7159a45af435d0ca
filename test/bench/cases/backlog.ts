import type { Case } from "../case.ts";
import { oursAtMost, ratioAtLeast } from "../line.ts";
import { interleave } from "../measure.ts";
import { openOurs } from "../ours.ts";
import { PAYLOAD_BYTES } from "../payload.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";
import { fill, lives } from "../steady.ts";

/** Whole lives beside a standing backlog of a thousand and of a million. */
export const backlog: Case = {
  name: "backlog",
  async *run(setting) {
    const large = scaled(setting, 1_000_000);
    const count = scaled(setting, 200_000);
    const figures = await inTemporaryDirectory((few) =>
      inTemporaryDirectory(async (many) => {
        const short = await openOurs(few, "process");
        const long = await openOurs(many, "process");
        await fill(short, 1000);
        await fill(long, large);
        const answer = await interleave(setting.rounds, {
          short: () => lives(short, count),
          long: () => lives(long, count),
        });
        await Promise.all([short.close(), long.close()]);
        return answer;
      }),
    );
    const { short, long } = figures;
    yield {
      name: `send + receive(10) + ack, backlog ${large}`,
      durability: "process",
      unit: "/s",
      ours: long.rate,
      other: { name: "the same, backlog 1,000", value: short.rate },
      target: ratioAtLeast(0.85),
    };
    const bytes = "bytes written per message";
    yield {
      name: `${bytes}, backlog 1,000`,
      durability: "process",
      unit: "B",
      ours: short.bytes,
      other: { name: "its payload", value: PAYLOAD_BYTES },
      target: oursAtMost(3.5 * PAYLOAD_BYTES),
    };
    yield {
      name: `${bytes}, backlog ${large}`,
      durability: "process",
      unit: "B",
      ours: long.bytes,
      other: { name: "its payload", value: PAYLOAD_BYTES },
      target: oursAtMost(4 * PAYLOAD_BYTES),
    };
  },
};
