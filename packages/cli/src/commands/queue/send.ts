import { text as readAll } from "node:stream/consumers";
import { AlienError, type Duration } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { duration, wholeFrom } from "../option-value.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";

interface SendOptions extends QueueOptions {
  readonly text?: boolean;
  readonly delay?: Duration;
  readonly priority?: number;
  readonly idempotencyKey?: string;
  readonly attribute: Readonly<Record<string, string>>;
}

/** `alien queue send`: one message from the command line or from stdin. */
export function sendCommand(context: Context): Command {
  return queueOptions(new Command("send"))
    .description("send one message")
    .argument("<queue>", "the queue's id")
    .argument("<payload>", 'JSON, or text with --text; "-" reads it from stdin')
    .option("--text", "send the payload as text, as it is")
    .option("--delay <duration>", 'not before this time has passed, as "5s" or "2h"', duration)
    .option("--priority <number>", "0 to 9, higher is delivered first", wholeFrom(0, 9))
    .option("--idempotency-key <key>", "a repeat within 24 h answers the first id, stores nothing")
    .option("--attribute <key=value>", "an attribute, may be repeated", attribute, {})
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
      await withQueues(context, options, async (queues) => {
        const client = queues.client(queue);
        const { idempotencyKey } = options;
        const sendOptions = {
          ...(options.delay === undefined ? {} : { delay: options.delay }),
          ...(options.priority === undefined ? {} : { priority: options.priority }),
          ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
          attributes: options.attribute,
        };
        const sent = options.text
          ? await client.sendText(content, sendOptions)
          : await client.send(queue, payload, sendOptions);
        const { data, note } = context.terminal;
        if (sent.deduplicated) note("deduplicated: the key was used before, nothing was stored");
        data(options.json ? JSON.stringify({ version: 1, queue, ...sent }) : sent.id);
      });
    });
}

/** JSON whose numbers survive being read here. */
function parsePayload(content: string): unknown {
  let problem: string;
  try {
    const inexact: number[] = [];
    const payload: unknown = JSON.parse(content, (_key, value: unknown) => {
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) inexact.push(Number(value));
      return value;
    });
    if (inexact.length === 0) return payload;
    problem = `a number near ${inexact[0]} is too large to be sent exactly as JSON`;
  } catch (error) {
    problem = `the payload is not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
  throw new AlienError("PAYLOAD_INVALID", problem, {
    fix: `Quote it for your shell, as in '{"hello":"world"}', or send it as text with --text.`,
  });
}

function attribute(given: string, before: Readonly<Record<string, string>>) {
  const at = given.indexOf("=");
  if (at < 1) {
    throw new AlienError("OPTION_INVALID", `"${given}" is not an attribute`, {
      fix: "Write it as --attribute key=value.",
    });
  }
  return { ...before, [given.slice(0, at)]: given.slice(at + 1) };
}
