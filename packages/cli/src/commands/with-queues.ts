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
