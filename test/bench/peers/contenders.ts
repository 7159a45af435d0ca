import type { OpenContender } from "../contender.ts";
import type { Durability } from "../line.ts";
import { openBullMq } from "./bullmq.ts";
import { openPlainjob } from "./plainjob.ts";

export type PeerName = "bullmq" | "plainjob";

export interface Peer {
  readonly name: string;
  readonly open: OpenContender;
}

/** The peers, each at the setting that comes nearest to a durability of ours. */
export const PEERS: Readonly<Record<Durability, Readonly<Record<PeerName, Peer>>>> = {
  process: {
    // Flushes once a second: it may lose that second to a power failure, and ours may lose more.
    bullmq: {
      name: "BullMQ, redis everysec",
      open: (directory) => openBullMq(directory, "everysec"),
    },
    plainjob: {
      name: "plainjob, SQLite NORMAL",
      open: (directory) => openPlainjob(directory, "process"),
    },
  },
  power: {
    bullmq: { name: "BullMQ, redis always", open: (directory) => openBullMq(directory, "always") },
    plainjob: {
      name: "plainjob, SQLite FULL",
      open: (directory) => openPlainjob(directory, "power"),
    },
  },
};
