import type { ApplyEvent, Cloud, Controller, Plan } from "@alienplatform/deploy";
import type { AwsServer } from "./aws-server.ts";
import type { Stage } from "./stage.ts";

export interface LongestChain {
  /** Calls of which each has to wait for the one before. */
  readonly calls: number;
  /** What AWS took for one, on average. */
  readonly callMs: number;
}

/** Deploys a stage step by step, and adds up the calls along the longest way through its plan, the first read included. */
export async function longestChain(
  stage: Stage,
  cloud: Cloud,
  aws: AwsServer,
): Promise<LongestChain> {
  const steps = new Map<string, { from: number; to: number }>();
  const onEvent = (event: ApplyEvent) => {
    if (event.kind === "started") steps.set(event.step.part, { from: Date.now(), to: Date.now() });
    const known = "step" in event ? steps.get(event.step.part) : undefined;
    if (known !== undefined) known.to = Date.now();
  };
  await aws.begin(5);
  const plan = await stage.deploy(oneByOne(cloud), onEvent);
  const { spans } = await aws.calls();
  const callsOf = (part: string): number => {
    const step = steps.get(part);
    if (step === undefined) return 0;
    const middle = ([began, ended]: readonly [number, number]) => (began + ended) / 2;
    return spans.filter((span) => middle(span) >= step.from && middle(span) <= step.to).length;
  };
  const total = spans.reduce((sum, [began, ended]) => sum + ended - began, 0);
  return { calls: 1 + longest(plan, callsOf), callMs: total / spans.length - 5 };
}

function longest({ steps }: Plan, callsOf: (part: string) => number): number {
  const ends = new Map<string, number>();
  for (const { part, after } of steps) {
    const before = Math.max(0, ...after.map((id) => ends.get(id) ?? 0));
    ends.set(part, before + callsOf(part));
  }
  return Math.max(...ends.values());
}

/** The cloud with one API for all, which takes one at a time. */
function oneByOne(cloud: Cloud): Cloud {
  const controllers = Object.entries(cloud.controllers).map(
    ([type, each]): [string, Controller] => [
      type,
      {
        api: "one",
        read: (context) => each.read(context),
        diff: (config, remote) => each.diff(config, remote),
        create: (context, config) => each.create(context, config),
        update: (context, config, remote, changes) => each.update(context, config, remote, changes),
        delete: (context, remote) => each.delete(context, remote),
      },
    ],
  );
  return { ...cloud, controllers: Object.fromEntries(controllers), limits: { one: 1 } };
}
