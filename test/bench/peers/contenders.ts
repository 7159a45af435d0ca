import type { OpenContender } from "../contender.ts";
import type { Durability } from "../line.ts";
import { openBullMq } from "./bullmq.ts";
import { openPlainjob } from "./plainjob.ts";

/** The peers at the durability that comes nearest. */
export const PEERS: Readonly<Record<Durability, Readonly<Record<string, OpenContender>>>> = {
  process: {
    "BullMQ, redis everysec": (directory) => openBullMq(directory, "everysec"),
    "plainjob, SQLite NORMAL": (directory) => openPlainjob(directory, "process"),
  },
  power: {
    "BullMQ, redis always": (directory) => openBullMq(directory, "always"),
    "plainjob, SQLite FULL": (directory) => openPlainjob(directory, "power"),
  },
};
