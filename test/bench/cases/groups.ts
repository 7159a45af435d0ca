import type { QueueOptions, SendOptions } from "@alienplatform/bindings";
import type { Case } from "../case.ts";
import type { Rate } from "../flow.ts";
import { type Line, ratioAtLeast } from "../line.ts";
import { interleave } from "../measure.ts";
import { openOurs } from "../ours.ts";
import { inTemporaryDirectory, type Setting, scaled } from "../setting.ts";
import { drain, fill } from "../steady.ts";

interface Work {
  readonly count: number;
  readonly consumers: number;
  readonly changes?: Partial<QueueOptions>;
  readonly options?: (index: number) => SendOptions;
}

const FIFO: Partial<QueueOptions> = { fifo: {} };

/** receive(10) and ack from a backlog whose messages have groups or keys, against one whose messages have none. */
export const groups: Case = {
  name: "groups",
  async *run(setting) {
    yield* compare(setting, scaled(setting, 1_000_000), 100);
    yield* oneGroup(setting);
  },
};

async function* compare(
  { rounds }: Setting,
  count: number,
  consumers: number,
): AsyncGenerator<Line> {
  const work = { count, consumers };
  const group = (groups: number) => (index: number) => ({ group: `account-${index % groups}` });
  const key = (keys: number) => (index: number) => ({
    concurrency: { key: `customer-${index % keys}`, limit: 100 },
  });
  const subjects: Record<string, () => Promise<Rate>> = {
    plain: () => drained(work),
    "10,000 groups": () => drained({ ...work, changes: FIFO, options: group(10_000) }),
    "a group each": () => drained({ ...work, changes: FIFO, options: group(count) }),
    "100 keys": () => drained({ ...work, options: key(100) }),
    "10,000 keys": () => drained({ ...work, options: key(10_000) }),
    "a key each": () => drained({ ...work, options: key(count) }),
  };
  const figures = await interleave(rounds, subjects);
  const rate = (name: string): number => figures[name]?.rate ?? Number.NaN;
  for (const name of Object.keys(subjects).slice(1)) {
    yield {
      name: `receive(10) + ack of ${count}, ${name}`,
      durability: "process",
      unit: "/s",
      ours: rate(name),
      other: { name: "neither groups nor keys", value: rate("plain") },
      target: ratioAtLeast(0.5),
    };
  }
}

/** One message at a time is on loan of one group, however many there are and whoever asks. */
async function* oneGroup(setting: Setting): AsyncGenerator<Line> {
  const few = scaled(setting, 20_000);
  const many = scaled(setting, 1_000_000);
  const options = () => ({ group: "account" });
  const figures = await interleave(setting.rounds, {
    few: () => drained({ count: few, consumers: 1, changes: FIFO, options }),
    many: () => drained({ count: few, consumers: 1, changes: FIFO, options }, many - few),
  });
  yield {
    name: `receive + ack of ${few}, one group of ${many}`,
    durability: "process",
    unit: "/s",
    ours: figures.many.rate,
    other: { name: `one group of ${few}`, value: figures.few.rate },
    target: ratioAtLeast(0.85),
  };
}

/** `beyond`: so many more are left. */
function drained({ count, consumers, changes, options }: Work, beyond = 0): Promise<Rate> {
  return inTemporaryDirectory(async (directory) => {
    const ours = await openOurs(directory, "process", changes);
    await fill(ours, count + beyond, options);
    const rate = await drain(ours.client, consumers, count);
    await ours.close();
    return { rate };
  });
}
