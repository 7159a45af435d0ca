import type { Case } from "../case.ts";
import type { Cloud, OpenCloud } from "../clouds/cloud.ts";
import { CloudServer } from "../clouds/cloud-server.ts";
import { cloudflare } from "../clouds/cloudflare.ts";
import { byHand, on, ours, type Work, type Worker } from "../clouds/flow.ts";
import { pubsub } from "../clouds/pubsub.ts";
import { serviceBus } from "../clouds/service-bus.ts";
import { sqs } from "../clouds/sqs.ts";
import { type Line, oursAtMost, ratioAtLeast, type Target } from "../line.ts";
import { interleave, lanes } from "../measure.ts";
import { type Setting, scaled } from "../setting.ts";

const CLOUDS: readonly Cloud[] = [sqs, pubsub, serviceBus, cloudflare];

/** What ours costs over the vendor's own SDK used by hand, on the same server in the same run. */
export const clouds: readonly Case[] = CLOUDS.map((cloud) => ({
  name: `clouds ${cloud.server}`,
  async *run(setting) {
    const server = await CloudServer.start(cloud.server);
    try {
      yield* measure(cloud, server, setting);
    } finally {
      await server.stop();
    }
  },
}));

/** One thing to do, both ways. */
interface Job {
  readonly what: string;
  readonly count: number;
  readonly filled: boolean;
  readonly target?: Target;
  /** Also beside the SDK with bodies alone. */
  readonly bare?: true;
  /** On ours. */
  readonly requests?: Target;
  run(worker: Worker, count: number): Promise<unknown>;
}

async function* measure(cloud: Cloud, server: CloudServer, setting: Setting): AsyncGenerator<Line> {
  const { batch, sdk } = cloud;
  for (const { what, count: whole, filled, target, bare, requests, run } of jobsOf(cloud)) {
    const count = scaled(setting, whole);
    const amount = { count, filled: filled ? count : 0 };
    const by = (make: (open: OpenCloud) => Worker) => (): Promise<Work> =>
      on(cloud, server, make, amount, (worker) => run(worker, count));
    const both = { hand: by((open) => byHand(open, batch)), ours: by(ours) };
    const alone = by((open) => byHand(open, batch, true));
    const figures: Record<"hand" | "ours", Work> & { readonly bare?: Work } = bare
      ? await interleave(setting.rounds, { ...both, bare: alone })
      : await interleave(setting.rounds, both);
    const name = `${cloud.name}: ${what}`;
    const hand = { name: `${sdk} by hand`, figures: figures.hand };
    yield* compared(name, figures.ours, hand, target, requests);
    if (figures.bare === undefined) continue;
    yield* compared(name, figures.ours, { name: `${sdk}, bodies alone`, figures: figures.bare });
  }
}

function* compared(
  name: string,
  ours: Work,
  other: { readonly name: string; readonly figures: Work },
  target?: Target,
  requests?: Target,
): Generator<Line> {
  const beside = (value: number) => ({ name: other.name, value });
  yield {
    name,
    unit: "/s",
    ours: ours.rate,
    other: beside(other.figures.rate),
    ...(target === undefined ? {} : { target }),
  };
  yield {
    name: `${name}, CPU a message`,
    unit: "ms",
    ours: ours.cpuMs,
    other: beside(other.figures.cpuMs),
  };
  if (requests === undefined || Number.isNaN(ours.requests)) return;
  yield {
    name: `${name}, requests a message`,
    unit: "x",
    ours: ours.requests,
    other: beside(other.figures.requests),
    target: requests,
  };
}

function jobsOf({ batch }: Cloud): readonly Job[] {
  const many = Math.min(400 * batch, 8_000);
  const take = async (worker: Worker, count: number, width: number) => {
    let taken = 0;
    const lane = async () => {
      while (taken < count) taken += await worker.takeBatch(batch);
    };
    await Promise.all(Array.from({ length: width }, lane));
  };
  return [
    {
      what: `send, batches of ${batch}, 4 at once`,
      count: many,
      filled: false,
      target: ratioAtLeast(0.9),
      bare: true,
      requests: oursAtMost(1 / batch),
      run: (worker, count) =>
        lanes(4, Math.ceil(count / batch), (index) => worker.sendBatch(index * batch, batch)),
    },
    {
      what: "send, 1 at a time",
      count: 500,
      filled: false,
      run: (worker, count) => lanes(1, count, (index) => worker.send(index)),
    },
    {
      what: "send, 100 single ones at once",
      count: 3_000,
      filled: false,
      target: ratioAtLeast(5),
      requests: oursAtMost(1.1 / batch), // the first ones go before there is company
      run: (worker, count) => lanes(100, count, (index) => worker.send(index)),
    },
    {
      what: `receive + ack, ${batch} at a time`,
      count: many,
      filled: true,
      target: ratioAtLeast(0.9),
      bare: true,
      requests: oursAtMost(2 / batch),
      run: (worker, count) => take(worker, count, 1),
    },
    {
      what: "handlers that are done at once, 10",
      count: 3_000,
      filled: true,
      requests: oursAtMost(0.21), // one more take looks whether there is more
      run: (worker, count) => worker.handle(count, () => 0),
    },
    {
      what: "handlers of 20 to 60 ms, 10",
      count: 500,
      filled: true,
      requests: oursAtMost(0.4),
      run: (worker, count) => worker.handle(count, (index) => 20 + ((index * 37) % 41)),
    },
  ];
}
