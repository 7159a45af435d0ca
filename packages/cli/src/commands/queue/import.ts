import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import type { SendReceipt, SendResult } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";
import type { Queue } from "@alienplatform/sdk";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printCount } from "../../print/count.ts";
import { visibleLine } from "../../print/visible.ts";
import { ProgressBar } from "../../progress-bar.ts";
import { readFileOrInput } from "../../read-file.ts";
import type { ImportedMessage, parseWaiting } from "../../waiting-line.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

const BATCH = 100;

interface Numbered {
  readonly line: number;
  readonly message: ImportedMessage;
}

interface Report {
  imported: number;
  known: number;
  readonly refused: { readonly line: number; readonly reason: string }[];
}

/** `alien queue import`: sends what export wrote. */
export function importCommand(context: Context): Command {
  return queueOptions(new Command("import"))
    .description("send messages that were exported, in their order, each under an id of its own")
    .argument("<queue>", "the queue they are to go to")
    .argument("[file]", 'NDJSON; stdin without it, or for "-"')
    .action((queue: string, file: string | undefined, options: QueueOptions) =>
      withQueues(context, options, async (queues) => {
        const { data, note, noteColors } = context.terminal;
        const { idempotency, service } = (await queues.describe(queue)).capabilities;
        if (!idempotency) {
          note(noteColors.dim(`${service} keeps no keys here: a repeated import sends all again`));
        }
        const client = await queues.client(queue);
        const source = Readable.from(readFileOrInput(context, file), { objectMode: false });
        const bar = new ProgressBar(context.terminal, `importing to ${queue}`);
        const report: Report = { imported: 0, known: 0, refused: [] };
        try {
          for await (const batch of batches(source, report)) {
            await sendAll(client, batch, report, idempotency);
            bar.at(report.imported + report.known);
          }
        } finally {
          bar.end();
        }
        report.refused.sort((a, b) => a.line - b.line);
        const { imported, known, refused } = report;
        if (options.json) data(JSON.stringify({ version: 1, queue, imported, known, refused }));
        else {
          for (const { line, reason } of refused) note(`line ${line}: ${visibleLine(reason, 200)}`);
          const there = known === 0 ? "" : `, ${known} were sent before`;
          const bad = refused.length === 0 ? "" : `, ${printCount(refused.length, "line")} refused`;
          data(`imported ${printCount(imported, "message")} to ${queue}${there}${bad}`);
        }
        if (refused.length > 0) context.exit(1);
      }),
    );
}

/** What can be sent in one call: calls of handlers by name go one by one. */
async function* batches(source: NodeJS.ReadableStream, report: Report): AsyncGenerator<Numbered[]> {
  const { parseWaiting: parse } = await import("../../waiting-line.ts");
  let batch: Numbered[] = [];
  let line = 0;
  for await (const text of createInterface({
    input: source,
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    line += 1;
    const message = read(parse, text, line, report);
    if (message === undefined) continue;
    const alone = message.job !== undefined;
    if (batch.length > 0 && (alone || batch.length >= BATCH)) {
      yield batch;
      batch = [];
    }
    batch.push({ line, message });
    if (!alone) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function read(
  parse: typeof parseWaiting,
  text: string,
  line: number,
  report: Report,
): ImportedMessage | undefined {
  if (text.trim() === "") return undefined;
  try {
    return parse(text, Date.now());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    report.refused.push({ line, reason });
    return undefined;
  }
}

async function sendAll(
  client: Queue,
  batch: readonly Numbered[],
  report: Report,
  keyed: boolean,
): Promise<void> {
  const entries = batch.map(({ message: { id, entry } }) => ({
    ...entry,
    // A repeat of the import within 24 hours sends nothing again.
    ...(keyed ? { idempotencyKey: `import ${id}` } : {}),
  }));
  const [first] = batch;
  const job = first?.message.job;
  const results =
    job === undefined
      ? await client.sendBatch(entries)
      : await Promise.all(
          entries.map(({ payload, ...options }) => resultOf(client.call(job, payload, options))),
        );
  for (const [index, { line }] of batch.entries()) {
    const result = results[index];
    if (result === undefined) continue;
    if (result.ok) {
      if (result.deduplicated) report.known += 1;
      else report.imported += 1;
      continue;
    }
    // Another message may fare better; a full disk or a lost network is for all of them.
    if (result.error.retryable) throw stopped(result.error, line, report);
    report.refused.push({ line, reason: result.error.message });
  }
}

async function resultOf(sending: Promise<SendReceipt>): Promise<SendResult> {
  try {
    return { ok: true, ...(await sending) };
  } catch (error) {
    if (error instanceof AlienError) return { ok: false, error };
    throw error;
  }
}

function stopped(
  { code, message, ...error }: AlienError,
  line: number,
  report: Report,
): AlienError {
  const done = report.imported + report.known;
  return new AlienError(
    code,
    `line ${line}: ${message}; ${printCount(done, "message")} sent before`,
    {
      fix: `${error.fix ?? "Try again."} Import the whole again then: what was sent is not sent twice within 24 hours.`,
      retryable: true,
      details: { line, sent: done },
      cause: error.cause,
    },
  );
}
