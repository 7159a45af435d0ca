import type { SendOptions } from "@alienplatform/bindings";
import { z } from "zod";
import type { Case } from "../case.ts";
import { ratioAtLeast } from "../line.ts";
import { interleave, lanes } from "../measure.ts";
import { type Extras, openOurs, QUEUE } from "../ours.ts";
import { payload } from "../payload.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";
import { drain, fill } from "../steady.ts";

interface Feature {
  readonly name: string;
  readonly extras?: Extras;
  readonly options?: (index: number) => SendOptions;
  /** Of the plain queue's rate, where it has a target. */
  readonly bound?: number;
}

/** The shape of the bench's payload, loosely: what is measured is that it is checked. */
const Loose = z.looseObject({});

const PLAIN: Feature = { name: "plain" };

const FEATURES: readonly Feature[] = [
  // The other way round: what everybody pays for the records that a local queue keeps.
  { name: "no job records", extras: { jobs: false } },
  { name: "telemetry, no SDK", extras: { telemetry: true }, bound: 0.9 },
  { name: "a schema (zod)", extras: { schema: Loose } },
  { name: "priorities", options: (index) => ({ priority: index % 10 }) },
  { name: "attributes", options: () => ({ attributes: { tenant: "one" } }) },
  { name: "idempotency keys", options: (index) => ({ idempotencyKey: `order-${index}` }) },
  {
    name: "10,000 groups",
    extras: { fifo: {} },
    options: (index) => ({ group: `account-${index % 10_000}` }),
    bound: 0.5,
  },
  {
    name: "10,000 keys",
    options: (index) => ({ concurrency: { key: `customer-${index % 10_000}`, limit: 100 } }),
  },
];

/** Sends, and receive(10) + ack of what was sent, with one feature at a time against the plain queue. */
export const features: Case = {
  name: "features",
  async *run(setting) {
    const count = scaled(setting, 150_000);
    const subjects = Object.fromEntries(
      [PLAIN, ...FEATURES].map((feature) => [feature.name, () => life(feature, count)]),
    );
    const figures = await interleave(setting.rounds, subjects);
    for (const work of ["send", "receive"] as const) {
      for (const { name, bound } of FEATURES) {
        yield {
          name: `${work === "send" ? "send, 1000 in flight" : "receive(10) + ack"}: ${name}`,
          durability: "process",
          unit: "/s",
          ours: figures[name]?.[work] ?? Number.NaN,
          other: { name: "plain", value: figures[PLAIN.name]?.[work] ?? Number.NaN },
          ...(bound === undefined ? {} : { target: ratioAtLeast(bound) }),
        };
      }
    }
  },
};

function life(
  { extras, options }: Feature,
  count: number,
): Promise<{ readonly send: number; readonly receive: number }> {
  return inTemporaryDirectory(async (directory) => {
    const ours = await openOurs(directory, "process", extras);
    await fill(ours, count / 10, options && ((index) => options(index + count)));
    const send = await lanes(1_000, count, (index) =>
      ours.client.send(QUEUE, payload(index), options?.(index)),
    );
    const receive = await drain(ours.client, 100, count);
    await ours.close();
    return { send, receive };
  });
}
