import { AlienError, type Duration } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../../context.ts";
import { printPause } from "../../print/pause.ts";
import { type QueueOptions, queueOptions, withQueues } from "../with-queues.ts";
import { readUntil } from "./until.ts";

interface PauseCommandOptions extends QueueOptions {
  readonly reason: string;
  readonly until?: Duration | Date;
  readonly whilePaused?: "wait" | "deadLetter";
}

/** `alien queue pause`: no handler is called until the queue is resumed. */
export function pauseCommand(context: Context): Command {
  return queueOptions(new Command("pause"))
    .description("call no handler until it is resumed; what runs goes on to its end")
    .argument("<queue>", "the queue's id")
    .requiredOption("--reason <text>", "for whoever wonders why nothing is handled")
    .option(
      "--until <when>",
      'resumes by itself: after "2h", or at "2030-01-31T18:00", this machine\'s time unless it ends in Z or +01:00',
      readUntil,
    )
    .option(
      "--while-paused <what>",
      'what becomes of messages: "wait", or "deadLetter" at once; default is what alien.ts says',
      whilePaused,
    )
    .addHelpText(
      "after",
      `
Examples:
  $ alien queue pause invoices --reason "the bank is closed" --until 2h
  $ alien queue pause imports --reason "bad file" --while-paused deadLetter
  $ alien queue resume invoices`,
    )
    .action((queue: string, { reason, ...options }: PauseCommandOptions) =>
      withQueues(context, options, async (queues) => {
        const operations = queues.operate(queue);
        const { until, whilePaused: what } = options;
        await operations.pause(reason, {
          ...(until === undefined ? {} : { until }),
          ...(what === undefined ? {} : { whilePaused: what }),
        });
        const paused = await operations.paused();
        const { data } = context.terminal;
        if (options.json) data(JSON.stringify({ version: 1, queue, paused }));
        else if (paused !== undefined) {
          data(`paused ${queue}: ${printPause(paused, await queues.now(queue))}`);
        }
      }),
    );
}

function whilePaused(given: string): "wait" | "deadLetter" {
  if (given === "wait" || given === "deadLetter") return given;
  throw new AlienError("OPTION_INVALID", `"${given}" is not what messages can do while paused`, {
    fix: "Write wait or deadLetter.",
  });
}
