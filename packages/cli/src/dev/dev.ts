import type { DevOptions } from "../commands/dev.ts";
import type { Context } from "../context.ts";
import { exitCodeOfSignal } from "../exit-code.ts";
import { stackAround } from "../stack.ts";
import { dataDirectory, openStore } from "../store.ts";
import { startApp } from "./app.ts";
import { Ports } from "./ports.ts";
import { refuseUnsupported } from "./refusals.ts";
import { reporter } from "./reporter.ts";
import { Session } from "./session.ts";

/** Runs the stack around the working directory until a signal, or until the user's own command ends. */
export async function dev(
  context: Context,
  options: DevOptions,
  command: readonly string[],
): Promise<void> {}
