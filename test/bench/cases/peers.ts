import type { Case } from "../case.ts";
import { consumeRate, lowLoad, sendRate } from "../flow.ts";
import { DURABILITIES, type Durability, ratioAtLeast, ratioAtMost } from "../line.ts";
import { interleave } from "../measure.ts";
import { opener } from "../ours.ts";
import { openRemote } from "../owner.ts";
import { PEERS, type PeerName } from "../peers/contenders.ts";
import { type Setting, scaled } from "../setting.ts";

interface Bounds {
  readonly send: number;
  /** undefined: no target. */
  readonly remoteSend?: number;
  readonly consume: number;
}

const BOUNDS: Readonly<Record<PeerName, Readonly<Record<Durability, Bounds>>>> = {
  bullmq: {
    process: { send: 7, remoteSend: 5, consume: 8 },
    power: { send: 5, consume: 8 },
  },
  plainjob: {
    process: { send: 10, consume: 40 },
    power: { send: 10, consume: 40 },
  },
};

/** Other queues on the same work, each at its durability: 100 in flight, 100 handlers. */
export const peers: Case = {
  name: "peers",
  peer: true,
  async *run(setting) {
    for (const durability of DURABILITIES) yield* against(setting, durability);
  },
};

async function* against(setting: Setting, durability: Durability): ReturnType<Case["run"]> {
  const ours = opener(durability);
  const remote = openRemote(durability);
  const { bullmq, plainjob } = PEERS[durability];
  const many = scaled(setting, 100_000);
  const some = scaled(setting, durability === "power" ? 10_000 : 30_000);
  const sends = await interleave(setting.rounds, {
    ours: () => sendRate(ours, 100, many),
    remote: () => sendRate(remote, 100, many),
    bullmq: () => sendRate(bullmq.open, 100, some),
    plainjob: () => sendRate(plainjob.open, 100, some),
  });
  const consumes = await interleave(setting.rounds, {
    ours: () => consumeRate(ours, 100, many),
    remote: () => consumeRate(remote, 100, many),
    bullmq: () => consumeRate(bullmq.open, 100, some),
    plainjob: () => consumeRate(plainjob.open, 1, some),
  });
  const lows = await interleave(setting.rounds, {
    ours: () => lowLoad(ours, scaled(setting, 1000)),
    bullmq: () => lowLoad(bullmq.open, scaled(setting, 1000)),
  });
  for (const peer of ["bullmq", "plainjob"] as const) {
    const { name } = PEERS[durability][peer];
    const bounds = BOUNDS[peer][durability];
    const line = { durability, unit: "/s" } as const;
    const sent = { name, value: sends[peer].rate };
    const consumed = { name, value: consumes[peer].rate };
    yield {
      ...line,
      name: "send",
      ours: sends.ours.rate,
      other: sent,
      target: ratioAtLeast(bounds.send),
    };
    yield {
      ...line,
      name: "send over the socket",
      ours: sends.remote.rate,
      other: sent,
      ...(bounds.remoteSend === undefined ? {} : { target: ratioAtLeast(bounds.remoteSend) }),
    };
    yield {
      ...line,
      name: "handlers",
      ours: consumes.ours.rate,
      other: consumed,
      target: ratioAtLeast(bounds.consume),
    };
    yield {
      ...line,
      name: "handlers over the socket",
      ours: consumes.remote.rate,
      other: consumed,
    };
  }
  yield {
    name: "send + handler, low load, latency p99",
    durability,
    unit: "ms",
    ours: lows.ours.p99,
    other: { name: bullmq.name, value: lows.bullmq.p99 },
    target: ratioAtMost(1),
  };
}
