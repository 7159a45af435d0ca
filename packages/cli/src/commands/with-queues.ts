import { AlienError } from "@alienplatform/core";
import type { PayloadCheck } from "@alienplatform/deploy";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { environmentOf } from "../deployment/bindings.ts";
import { elsewhereOptions, type StageOptions } from "../deployment/stage-options.ts";
import type { OpenQueues } from "../open-queues.ts";
import { withStage } from "./with-stage.ts";

/** What every command on queues takes. */
export interface QueueOptions extends Partial<StageOptions> {
  readonly persistTo?: string;
}

/** Adds what every command on queues takes. */
export function queueOptions(command: Command): Command {
  return elsewhereOptions(command)
    .option("--json", "print JSON, one object a line")
    .option("--persist-to <directory>", "where the messages are kept (default: .alien/local)");
}

/** Opens the queues of the stack around here, or of a deployed stage; a payload is checked by its queue's schema. */
export async function withQueues(
  context: Context,
  options: QueueOptions,
  run: (queues: OpenQueues) => Promise<void>,
  check?: PayloadCheck,
): Promise<void> {
  await bindToStage(context, options);
  const { openQueues } = await import("../open-queues.ts");
  const queues = await openQueues(context, options.persistTo, check, options.stage);
  try {
    await run(queues);
  } finally {
    await queues.close();
  }
}

/** The bindings of a stage, as its processes have them, become this process's own. */
async function bindToStage(context: Context, options: QueueOptions): Promise<void> {
  const { stage, persistTo, platform, state } = options;
  if (stage === undefined) {
    const lonely =
      platform !== undefined ? "--platform" : state !== undefined ? "--state" : undefined;
    if (lonely === undefined) return;
    throw new AlienError(
      "OPTION_INVALID",
      `${lonely} says where a stage is, and there is no --stage`,
      {
        fix: `Add --stage <name>, or leave out ${lonely} for the queues of this machine.`,
      },
    );
  }
  if (persistTo !== undefined) {
    throw new AlienError("OPTION_INVALID", "a deployed stage keeps nothing on this machine", {
      fix: "Leave out --persist-to, or --stage.",
    });
  }
  await withStage(context, { ...options, stage }, async ({ state: { bindings } }) => {
    const bound = environmentOf(bindings);
    // Commands look into the context, the sdk into the process.
    Object.assign(context.environment, bound);
    Object.assign(process.env, bound);
  });
}
