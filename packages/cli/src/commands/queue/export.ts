import type { PeekedMessage } from "@alienplatform/bindings";
import type { InspectedMessage, QueueOperations } from "@alienplatform/bindings/operate";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { countsOf } from "../../counts.ts";
import { printCount } from "../../print/count.ts";
import { ProgressBar } from "../../progress-bar.ts";
import { writeLines } from "../../write-lines.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

const PAGE = 500;

interface ExportOptions extends QueueOptions {
  readonly inFlight?: boolean;
}

/** `alien queue export`: the messages that wait, as lines of JSON. */
export function exportCommand(context: Context): Command {
  return queueOptions(new Command("export"))
    .description("write the messages that wait as NDJSON; none is taken away")
    .argument("<queue>", "the queue's id")
    .argument("[file]", 'replaced once all is written; stdout without it, or for "-"')
    .option("--in-flight", "also those that are being handled just now")
    .action((queue: string, file: string | undefined, options: ExportOptions) =>
      withQueues(context, options, async (queues) => {
        const operations = queues.operate(queue);
        const counts = file === undefined ? undefined : await countsOf(operations);
        const bar = new ProgressBar(
          context.terminal,
          `exporting ${queue}`,
          counts && counts.ready + (counts.delayed ?? 0),
        );
        let exported = 0;
        const lines = async function* () {
          const { formatWaiting } = await import("../../waiting-line.ts");
          for await (const message of waiting(operations, options.inFlight === true)) {
            exported += 1;
            bar.at(exported);
            yield formatWaiting(queue, message);
          }
        };
        try {
          await writeLines(context, file, lines());
        } finally {
          bar.end();
        }
        const { note, noteColors } = context.terminal;
        note(noteColors.dim(`exported ${printCount(exported, "message")} of ${queue}`));
      }),
    );
}

/** Each once, though handlers take some away meanwhile. */
async function* waiting(
  operations: QueueOperations,
  inFlight: boolean,
): AsyncGenerator<PeekedMessage | InspectedMessage> {
  const met = new Set<string>();
  for await (const page of pages(operations, inFlight)) {
    for (const message of page) {
      if (met.has(message.id) || (message.state === "inFlight" && !inFlight)) continue;
      met.add(message.id);
      yield message;
    }
  }
}

/** Where messages can be looked at whole, with their concurrency keys. */
async function* pages(
  operations: QueueOperations,
  inFlight: boolean,
): AsyncGenerator<readonly (PeekedMessage | InspectedMessage)[]> {
  const inspector = await operations.inspector();
  if (inspector === undefined) {
    yield* following((after) => operations.peek({ limit: PAGE, after }));
    return;
  }
  for (const state of ["ready", "delayed", ...(inFlight ? ["inFlight" as const] : [])] as const) {
    yield* following((after) =>
      inspector.messages({ limit: PAGE, state, ...(after === undefined ? {} : { after }) }),
    );
  }
}

async function* following<Message extends { readonly id: string }>(
  read: (after: string | undefined) => Promise<readonly Message[]>,
): AsyncGenerator<readonly Message[]> {
  for (let after: string | undefined; ; ) {
    const page = await read(after);
    const last = page.at(-1)?.id;
    // A page of large messages is short, and others follow it; of one that has gone the page may be the same again.
    if (last === undefined || last === after) return;
    yield page;
    after = last;
  }
}
