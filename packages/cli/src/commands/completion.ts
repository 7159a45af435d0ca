import { AlienError } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../context.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"];

/** `alien completion`: prints what makes a shell complete commands, options and ids. */
export function completionCommand(context: Context): Command {
  return new Command("completion")
    .description("print the script that makes your shell complete commands, options and ids")
    .argument("<shell>", SHELLS.join(", "))
    .action(async (shell: string) => {
      if (!SHELLS.includes(shell)) {
        throw new AlienError("COMMAND_INVALID", `there is no completion for "${shell}"`, {
          fix: `Use ${SHELLS.join(", ")}.`,
        });
      }
      const { completionScript } = await import("../completion/script.ts");
      context.terminal.data(completionScript(shell));
    });
}

/** `alien complete -- <words>`: what that script asks at each press of the key. */
export function completeCommand(context: Context): Command {
  return new Command("complete")
    .description("answer what may come next, for the script of alien completion")
    .argument("[words...]")
    .action(async (words: readonly string[], _: unknown, command: Command) => {
      const { complete } = await import("../completion/complete.ts");
      const { parent } = command;
      if (parent !== null) context.terminal.data(await complete(context, parent, words));
    });
}
