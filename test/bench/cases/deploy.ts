import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { platform } from "@alienplatform/aws/deploy";
import { type Artifact, type Cloud, plan, rememberedReads } from "@alienplatform/deploy";
import type { Case } from "../case.ts";
import { AwsServer } from "../deploying/aws-server.ts";
import { readByHand } from "../deploying/by-hand.ts";
import { longestChain } from "../deploying/longest-chain.ts";
import { Stage, stackOf } from "../deploying/stage.ts";
import { type Line, oursAtMost, ratioAtMost } from "../line.ts";
import { interleave } from "../measure.ts";

/** Added to each call, which is what AWS takes for one or more. */
const CALL_MS = 100;

/** What planning and deploying cost, on moto in a process of its own. */
export const deploy: Case = {
  name: "deploy",
  async *run({ rounds }) {
    const aws = await AwsServer.start();
    const directory = mkdtempSync(join(tmpdir(), "alien-bench-"));
    const clouds: Cloud[] = [];
    const connect = async (stack: string) => {
      const cloud = await platform.connect({ stack, stage: "dev", environment: process.env });
      clouds.push(cloud);
      return cloud;
    };
    try {
      yield await planning(rounds, await connect("bench"));
      const chained = await connect("chained");
      const stage = new Stage(stackOf("chained", 3, 3), chained, directory);
      const chain = await longestChain(stage, chained, aws);
      for (const [name, count] of [
        ["small", 3],
        ["large", 100],
      ] as const) {
        const cloud = await connect(name);
        const deployed = new Stage(stackOf(name, count, count), cloud, directory);
        yield* first(deployed, aws, chain, count);
        if (name === "large") yield* again(deployed, aws, rounds);
      }
    } finally {
      for (const cloud of clouds) await cloud.close();
      await aws.stop();
      rmSync(directory, { recursive: true });
    }
  },
};

/** A first plan of a thousand resources, of which nothing is read. */
async function planning(rounds: number, { place, controllers }: Cloud): Promise<Line> {
  const stack = stackOf("bench", 500, 500);
  const code: Artifact = { sha256: "0".repeat(64), bytes: 1 };
  const codes = Object.fromEntries(stack.resources.map(({ id }) => [id, code]));
  const { ours } = await interleave(rounds, {
    ours: async () => {
      const before = process.cpuUsage();
      const lowered = platform.lower(stack, place, codes);
      const input = { lowered, place, controllers, state: undefined, artifacts: {} };
      plan({ ...input, reads: rememberedReads(undefined) });
      const { user, system } = process.cpuUsage(before);
      return { ms: (user + system) / 1_000 };
    },
  });
  return {
    name: "plan of 1,000 resources, no reads, CPU",
    unit: "ms",
    ours: ours.ms,
    target: oursAtMost(2_000),
  };
}

async function* first(
  stage: Stage,
  aws: AwsServer,
  chain: { readonly calls: number; readonly callMs: number },
  count: number,
): AsyncGenerator<Line> {
  const name = `first deploy of ${count} queues, ${count} functions`;
  await aws.begin(CALL_MS);
  const started = performance.now();
  const { parts } = await stage.deploy();
  const ms = performance.now() - started;
  const { spans } = await aws.calls();
  const value = chain.calls * (CALL_MS + chain.callMs);
  const other = { name: `its longest chain, ${chain.calls} calls`, value };
  yield { name, unit: "ms", ours: ms, other, ...(count > 10 ? {} : { target: ratioAtMost(1.3) }) };
  yield { name: `${name}, calls a part`, unit: "x", ours: spans.length / parts.length };
}

/** The same once more, with nothing to do. */
async function* again(stage: Stage, aws: AwsServer, rounds: number): AsyncGenerator<Line> {
  const state = await stage.state();
  if (state === undefined) throw new Error("nothing was deployed");
  await aws.begin();
  const { steps } = await stage.deploy();
  const { spans } = await aws.calls();
  if (steps.some(({ action }) => action !== "none")) throw new Error("there was something to do");
  const name = "no-op deploy of 100 queues, 100 functions";
  yield {
    name: `${name}, calls a part`,
    unit: "x",
    ours: spans.length / steps.length,
    target: oursAtMost(1),
  };
  await aws.begin();
  await readByHand(state);
  const byHand = (await aws.calls()).spans.length / steps.length;
  yield { name: "the same by hand, calls a part", unit: "x", ours: byHand };
  const { ours, hand } = await interleave(rounds, {
    ours: () => measured(() => stage.deploy()),
    hand: () => measured(() => readByHand(state)),
  });
  const by = "one read a part by hand";
  yield { name, unit: "ms", ours: ours.ms, other: { name: by, value: hand.ms } };
  yield { name: `${name}, CPU`, unit: "ms", ours: ours.cpu, other: { name: by, value: hand.cpu } };
}

async function measured(work: () => Promise<unknown>): Promise<{ ms: number; cpu: number }> {
  const [started, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - started, cpu: (user + system) / 1_000 };
}
