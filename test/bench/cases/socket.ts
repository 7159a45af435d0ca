import type { Case } from "../case.ts";
import { consumeRate, sendRate } from "../flow.ts";
import { ratioAtLeast } from "../line.ts";
import { interleave } from "../measure.ts";
import { opener } from "../ours.ts";
import { openRemote } from "../owner.ts";
import { scaled } from "../setting.ts";

/** The same work where another process owns the store. */
export const socket: Case = {
  name: "socket",
  async *run(setting) {
    const count = scaled(setting, 150_000);
    const durability = "process";
    const inside = opener(durability);
    const remote = openRemote(durability);
    const figures = await interleave(setting.rounds, {
      inside100: () => sendRate(inside, 100, count),
      remote100: () => sendRate(remote, 100, count),
      inside1000: () => sendRate(inside, 1000, count),
      remote1000: () => sendRate(remote, 1000, count),
      insideHandled: () => consumeRate(inside, 100, count),
      remoteHandled: () => consumeRate(remote, 100, count),
    });
    const rows = [
      ["send, 100 in flight", figures.remote100, figures.inside100, 0.55],
      ["send, 1,000 in flight", figures.remote1000, figures.inside1000, 0.75],
      ["handlers, 100 at once", figures.remoteHandled, figures.insideHandled, 1],
    ] as const;
    for (const [name, theirs, ours, bound] of rows) {
      yield {
        name: `over the socket: ${name}`,
        durability,
        unit: "/s",
        ours: theirs.rate,
        other: { name: "in process", value: ours.rate },
        target: ratioAtLeast(bound),
      };
    }
  },
};
