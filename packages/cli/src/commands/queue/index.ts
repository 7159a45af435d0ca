import { Command } from "commander";
import type { Context } from "../../context.ts";
import { ackCommand } from "./ack.ts";
import { exportCommand } from "./export.ts";
import { importCommand } from "./import.ts";
import { infoCommand } from "./info.ts";
import { lsCommand } from "./ls.ts";
import { pauseCommand } from "./pause.ts";
import { peekCommand } from "./peek.ts";
import { purgeCommand } from "./purge.ts";
import { receiveCommand } from "./receive.ts";
import { resumeCommand } from "./resume.ts";
import { sendCommand } from "./send.ts";
import { statsCommand } from "./stats.ts";
import { tailCommand } from "./tail.ts";

/** `alien queue`: look at queues and use them by hand, beside a running `alien dev` or without it. */
export function queueCommand(context: Context): Command {
  return new Command("queue")
    .description("send, receive and look at messages; pause and resume")
    .helpCommand(false)
    .addCommand(lsCommand(context))
    .addCommand(infoCommand(context))
    .addCommand(sendCommand(context))
    .addCommand(receiveCommand(context))
    .addCommand(ackCommand(context))
    .addCommand(peekCommand(context))
    .addCommand(tailCommand(context))
    .addCommand(statsCommand(context))
    .addCommand(exportCommand(context))
    .addCommand(importCommand(context))
    .addCommand(purgeCommand(context))
    .addCommand(pauseCommand(context))
    .addCommand(resumeCommand(context));
}
