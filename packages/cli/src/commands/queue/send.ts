import { text as readAll } from "node:stream/consumers";
import { AlienError, type Duration } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { parseExactJson } from "../../exact-json.ts";
import type { OpenQueues } from "../../open-queues.ts";
import { duration, wholeFrom } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface SendOptions extends QueueOptions {
  readonly text?: boolean;
  readonly job?: string;
  readonly delay?: Duration;
  readonly priority?: number;
  readonly idempotencyKey?: string;
  readonly group?: string;
  readonly concurrencyKey?: string;
  readonly concurrencyLimit?: number;
  readonly attribute?: Readonly<Record<string, string>>;
}

/** `alien queue send`: one message from the command line or from stdin. */
export function sendCommand(context: Context): Command {
  return queueOptions(new Command("send"))
    .description("send one message")
    .argument("<queue>", "the queue's id")
    .argument("<payload>", 'JSON, or text with --text; "-" reads it from stdin')
    .option("--text", "send the payload as text, as it is")
    .option("--job <name>", "for the handler of this name, as call() sends it")
    .option("--delay <duration>", 'not before this time has passed, as "5s" or "2h"', duration)
    .option("--priority <number>", "0 to 9, higher is delivered first", wholeFrom(0, 9))
    .option("--idempotency-key <key>", "a repeat within 24 h answers the first id, stores nothing")
    .option("--group <group>", "the group of a FIFO queue that names no field for it")
    .option("--concurrency-key <key>", "at most so many of the same key are handled at once")
    .option(
      "--concurrency-limit <number>",
      "how many of the key, 1 unless given",
      wholeFrom(1, 1_000_000),
    )
    .option("--attribute <key=value>", "an attribute, may be repeated", attribute)
    .addHelpText(
      "after",
      `
Examples:
  $ alien queue send tasks '{"type":"process-image","imageId":"123"}'
  $ alien queue send tasks --text "plain text" --delay 5s
  $ generate-report | alien queue send reports -`,
    )
    .action(async (queue: string, argument: string, options: SendOptions) => {
      const content = argument === "-" ? await readAll(process.stdin) : argument;
      const payload = options.text ? undefined : parsePayload(content);
      const send = async (queues: OpenQueues) => {
        const client = await queues.client(queue);
        const { idempotencyKey, group } = options;
        const concurrency = concurrencyOf(options);
        const sendOptions = {
          ...(options.delay === undefined ? {} : { delay: options.delay }),
          ...(options.priority === undefined ? {} : { priority: options.priority }),
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
          ...(group === undefined ? {} : { group }),
          ...(concurrency === undefined ? {} : { concurrency }),
          ...(options.attribute === undefined ? {} : { attributes: options.attribute }),
        };
        const what = options.text ? content : payload;
        const sent =
          options.job === undefined
            ? await client.send(queue, what, sendOptions)
            : await client.call(options.job, what, sendOptions);
        const { data, note } = context.terminal;
        if (sent.deduplicated) note("deduplicated: the key was used before, nothing was stored");
        data(options.json ? JSON.stringify({ version: 1, queue, ...sent }) : sent.id);
      };
      const check = { queue, payload: options.text ? content : payload };
      await withQueues(context, options, send, check);
    });
}

function concurrencyOf({ concurrencyKey: key, concurrencyLimit: limit }: SendOptions) {
  if (key !== undefined) return { key, limit: limit ?? 1 };
  if (limit === undefined) return undefined;
  throw new AlienError("OPTION_INVALID", "--concurrency-limit is the limit of a key", {
    fix: "Give the key too: --concurrency-key customer-7 --concurrency-limit 2.",
  });
}

function parsePayload(content: string): unknown {
  try {
    return parseExactJson(content);
  } catch (error) {
    throw new AlienError(
      "PAYLOAD_INVALID",
      error instanceof Error ? error.message : String(error),
      {
        fix: `Quote it for your shell, as in '{"hello":"world"}', or send it as text with --text.`,
      },
    );
  }
}

function attribute(given: string, before: Readonly<Record<string, string>> | undefined) {
  const at = given.indexOf("=");
  if (at < 1) {
    throw new AlienError("OPTION_INVALID", `"${given}" is not an attribute`, {
      fix: "Write it as --attribute key=value.",
    });
  }
  return { ...before, [given.slice(0, at)]: given.slice(at + 1) };
}
