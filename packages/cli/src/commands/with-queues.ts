import { AlienError } from "@alienplatform/core";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { OpenQueues } from "../open-queues.ts";

/** What every command on queues takes. */
export interface QueueOptions {
  readonly json?: boolean;
  readonly persistTo?: string;
}

/** Adds what every command on queues takes. */
export function queueOptions(command: Command): Command {
  return command
    .option("--json", "print JSON, one object a line")
    .option("--persist-to <directory>", "where the messages are kept (default: .alien/local)");
}

/** Opens the local queues of the stack around here for one command. */
export async function withQueues(
  context: Context,
  options: QueueOptions,
  run: (queues: OpenQueues) => Promise<void>,
): Promise<void> {
  const { openQueues } = await import("../open-queues.ts");
  const queues = await openQueues(context, options.persistTo);
  try {
    await run(queues);
  } finally {
    await queues.close();
  }
}

/** A whole number from 1 to a highest one, as an option's parser. */
export function countOf(highest: number): (given: string) => number {
  return (given) => {
    const count = Number(given);
    if (Number.isInteger(count) && count >= 1 && count <= highest) return count;
    throw new AlienError("OPTION_INVALID", `"${given}" is not a number from 1 to ${highest}`, {
      fix: `Give a whole number from 1 to ${highest}.`,
    });
  };
}
