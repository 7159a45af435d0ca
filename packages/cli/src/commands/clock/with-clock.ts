import type { LocalClock } from "@alienplatform/local/operate";
import type { Command } from "commander";
import type { Context } from "../../context.ts";

/** What every command on the clock takes. */
export interface ClockOptions {
  readonly json?: boolean;
  readonly persistTo?: string;
}

/** Adds what every command on the clock takes. */
export function clockOptions(command: Command): Command {
  return command
    .option("--json", "print JSON")
    .option("--persist-to <directory>", "where the messages are kept (default: .alien/local)");
}

/** Opens the local queues of the stack around here, beside a running dev or alone; no cloud's time can be set. */
export async function withClock(
  context: Context,
  { persistTo }: ClockOptions,
  run: (clock: LocalClock) => Promise<void>,
): Promise<void> {
  const { stackAround } = await import("../../stack.ts");
  const { dataDirectory, LocalStore } = await import("../../store.ts");
  const loaded = await stackAround(context);
  const store = new LocalStore(dataDirectory(context, loaded, persistTo));
  try {
    await store.declare(loaded.stack);
    await run(store.clock);
  } finally {
    await store.close();
  }
}
