import { setTimeout as sleep } from "node:timers/promises";
import type { Case } from "../case.ts";
import { oursAtMost, ratioAtLeast } from "../line.ts";
import { interleave } from "../measure.ts";
import { openOurs } from "../ours.ts";
import { startOwner } from "../owner.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";
import { drain, fill } from "../steady.ts";

const DURABILITY = "process";
const CONSUMERS = 100;
/** Slower than they are sent: none is due before all are there. */
const SENT_PER_SECOND = 15_000;

/** Messages that are all due at one moment, and what a million of them cost in memory while they wait. */
export const delays: Case = {
  name: "delays",
  async *run(setting) {
    const count = scaled(setting, 1_000_000);
    const figures = await interleave(setting.rounds, {
      delayed: () => drained(count, Date.now() + (count * 1000) / SENT_PER_SECOND),
      plain: () => drained(count),
    });
    yield {
      name: `receive(10) + ack of ${count} that are due at once`,
      durability: DURABILITY,
      unit: "/s",
      ours: figures.delayed.rate,
      other: { name: "the same, never delayed", value: figures.plain.rate },
      target: ratioAtLeast(0.25),
    };
    const [few, many] = [await waiting(1_000), await waiting(count)];
    yield {
      name: `resident memory, ${count} delayed`,
      unit: "MiB",
      ours: many,
      other: { name: "the same, 1,000 delayed", value: few },
      target: oursAtMost(200),
    };
  },
};

function drained(count: number, due?: number): Promise<{ rate: number }> {
  return inTemporaryDirectory(async (directory) => {
    const ours = await openOurs(directory, DURABILITY);
    const options = due === undefined ? undefined : () => ({ delay: new Date(due) });
    await fill(ours, count, options);
    await sleep(Math.max(0, (due ?? 0) - Date.now()));
    const rate = await drain(ours.client, CONSUMERS, count);
    await ours.close();
    return { rate };
  });
}

/** Of a fresh process that has opened them and asked for one, MiB. */
function waiting(count: number): Promise<number> {
  return inTemporaryDirectory(async (directory) => {
    const ours = await openOurs(directory, DURABILITY);
    await fill(ours, count, () => ({ delay: "7d" }));
    await ours.close();
    const owner = await startOwner({ directory, durability: DURABILITY, send: 0, receive: 1 });
    await owner.kill();
    return owner.report.rssBytes / 2 ** 20;
  });
}
