import { Command } from "commander";
import type { Context } from "../../context.ts";
import { ackCommand } from "./ack.ts";
import { lsCommand } from "./ls.ts";
import { peekCommand } from "./peek.ts";
import { purgeCommand } from "./purge.ts";
import { receiveCommand } from "./receive.ts";
import { sendCommand } from "./send.ts";
import { statsCommand } from "./stats.ts";

/** `alien queue`: look at queues and use them by hand, beside a running `alien dev` or without it. */
export function queueCommand(context: Context): Command {
  return new Command("queue")
    .description("send, receive and look at messages")
    .helpCommand(false)
    .addCommand(lsCommand(context))
    .addCommand(sendCommand(context))
    .addCommand(receiveCommand(context))
    .addCommand(ackCommand(context))
    .addCommand(peekCommand(context))
    .addCommand(statsCommand(context))
    .addCommand(purgeCommand(context));
}
