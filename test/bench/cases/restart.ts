import { cp, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Case } from "../case.ts";
import { oursAtMost } from "../line.ts";
import { interleave, median } from "../measure.ts";
import { openOurs, QUEUE } from "../ours.ts";
import { startOwner } from "../owner.ts";
import { inTemporaryDirectory, scaled } from "../setting.ts";

const DURABILITY = "process";

/** What a restart with a million messages costs, in time and memory, and how soon another process takes over. */
export const restart: Case = {
  name: "restart",
  async *run(setting) {
    const large = scaled(setting, 1_000_000);
    const { few, many } = await inTemporaryDirectory(async (directory) => {
      await fillAndKill(join(directory, "few"), 1000);
      await fillAndKill(join(directory, "many"), large);
      return interleave(setting.rounds, {
        few: () => reopen(join(directory, "few")),
        many: () => reopen(join(directory, "many")),
      });
    });
    yield {
      name: `open + first receive, backlog ${large}, after kill -9`,
      durability: DURABILITY,
      unit: "ms",
      ours: many.openMs,
      other: { name: "the same, backlog 1,000", value: few.openMs },
      target: oursAtMost(150),
    };
    yield {
      name: `resident memory, backlog ${large}`,
      unit: "MiB",
      ours: many.rssMib,
      other: { name: "the same, backlog 1,000", value: few.rssMib },
      target: oursAtMost(200),
    };
    yield {
      name: `resident memory, backlog ${large}, above 1,000's`,
      unit: "MiB",
      ours: many.rssMib - few.rssMib,
      target: oursAtMost(100),
    };
    const failovers: number[] = [];
    for (let round = 0; round < Math.max(3, setting.rounds); round++) {
      failovers.push(await inTemporaryDirectory(failover));
    }
    yield {
      name: "owner killed -> first receive elsewhere",
      durability: DURABILITY,
      unit: "ms",
      ours: median(failovers),
      target: oursAtMost(250),
    };
  },
};

async function fillAndKill(directory: string, send: number): Promise<void> {
  const owner = await startOwner({ directory, durability: DURABILITY, send, receive: 1 });
  await owner.kill();
}

/** Opens a copy, since recovering a store leaves it with less to recover. */
async function reopen(original: string): Promise<{ openMs: number; rssMib: number }> {
  const directory = `${original}-copy`;
  await cp(original, directory, { recursive: true, filter: (file) => basename(file) !== "socket" });
  const owner = await startOwner({ directory, durability: DURABILITY, send: 0, receive: 10 });
  await owner.kill();
  await rm(directory, { recursive: true });
  const { openMs, rssBytes } = owner.report;
  return { openMs, rssMib: rssBytes / 2 ** 20 };
}

async function failover(directory: string): Promise<number> {
  const owner = await startOwner({ directory, durability: DURABILITY, send: 1000, receive: 1 });
  const ours = await openOurs(directory, DURABILITY);
  await ours.client.ack(await ours.client.receive(QUEUE, 1));
  const killed = performance.now();
  await owner.kill();
  const messages = await ours.client.receive(QUEUE, 1);
  const elapsed = performance.now() - killed;
  if (messages.length === 0) throw new Error("nothing came after the owner was killed");
  await ours.close();
  return elapsed;
}
