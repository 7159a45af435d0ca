import { resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import { startBundler } from "@alienplatform/deploy";
import type { Context } from "../context.ts";
import { exitCodeOfSignal } from "../exit-code.ts";
import { type App, startApp } from "./app.ts";
import { DevStack } from "./dev-stack.ts";
import { likeOf, printLike } from "./like.ts";
import { type Report, reporter } from "./reporter.ts";
import { type StackFolder, stackFolders } from "./stack-folders.ts";

/** What `alien dev` takes. */
export interface DevOptions {
  readonly reset?: boolean;
  readonly persistTo?: string;
  /** Files of variables, as they were typed; a later one wins. */
  readonly dotenv?: readonly string[];
  readonly port?: number;
  readonly apiPort?: number;
  /** False for no API and no console. */
  readonly api?: boolean;
  readonly json?: boolean;
  /** A platform to behave like. */
  readonly like?: string;
  readonly seed?: number;
}

/** What to run: the folders of stacks, or none for the one around the working directory, and a program beside it. */
export interface DevWords {
  readonly folders: readonly string[];
  readonly command: readonly string[];
}

/** A stack that runs, and where what it does is told. */
interface Told {
  readonly stack: DevStack;
  readonly report: Report;
}

/** Runs stacks until a signal, or until the user's own command ends. */
export async function dev(
  context: Context,
  options: DevOptions,
  { folders: named, command }: DevWords,
): Promise<void> {
  const started = performance.now();
  const { terminal } = context;
  const json = options.json === true;
  const report = reporter(terminal, json);
  startBundler();
  const like = await likeOf(options.like, options.seed);
  const folders = await stackFolders(context.directory, named);
  if (folders.length > 1) refuseShared(context, options, command, folders);
  const stacks = await openAll(folders, async ({ directory, label }, first) => {
    const own = reporter(terminal, json, label);
    const stack = await DevStack.open(
      { ...context, directory },
      {
        report: own,
        print: (text) => own.printed(text.trimEnd()),
        reset: options.reset === true,
        persistTo: options.persistTo && resolve(context.directory, options.persistTo),
        port: first ? options.port : undefined,
        apiPort: first ? options.apiPort : undefined,
        api: options.api !== false,
        like,
        environmentFiles: (options.dotenv ?? []).map((file) => resolve(context.directory, file)),
      },
    );
    return { stack, report: own };
  });
  let app: App | undefined;
  let stopping = false;
  /** Of a start that failed nothing has to be said but why. */
  let ran = false;
  const signalled = firstSignal(context, (signal) => {
    report({ type: "killed", signal });
    for (const { stack } of stacks) stack.kill();
    app?.signal("SIGKILL");
  });
  const run = async () => {
    await Promise.all(
      stacks.map(async ({ stack, report: own }) => {
        const ready = await stack.start();
        if (stopping) return;
        ran = true;
        own({ ...ready, durationMs: performance.now() - started });
        await stack.warnAhead();
      }),
    );
    if (stopping) return 0;
    if (like !== undefined) report({ type: "warning", text: printLike(like) });
    const [only] = stacks;
    if (command.length === 0 || only === undefined) return signalled;
    app = startApp(command, context.directory, only.stack.environment, json);
    return app.exited;
  };
  try {
    const end = await Promise.race([run(), signalled]);
    stopping = true;
    if (typeof end === "string") {
      ran = true;
      report({ type: "stopping", signal: end });
      app?.signal(end);
    }
    context.exit(typeof end === "string" ? exitCodeOfSignal(end) : end);
  } finally {
    stopping = true;
    const since = performance.now();
    // What went wrong with the program is thrown already.
    await Promise.all([stopAll(stacks), app?.exited.catch(() => undefined)]);
    if (ran) report({ type: "stopped", durationMs: performance.now() - since });
  }
}

/** What is one stack's own can be no other's as well. Throws OPTION_INVALID and COMMAND_INVALID. */
function refuseShared(
  { environment }: Context,
  { persistTo }: DevOptions,
  command: readonly string[],
  folders: readonly StackFolder[],
): void {
  const [first] = folders;
  if (persistTo !== undefined || environment.ALIEN_DIRECTORY) {
    const what = persistTo === undefined ? "ALIEN_DIRECTORY" : "--persist-to";
    const problem = `${what} is one directory, and ${folders.length} stacks keep their messages apart`;
    throw new AlienError("OPTION_INVALID", problem, {
      fix: `Leave it out, or run each stack by itself: alien dev ${first?.label}`,
    });
  }
  if (command.length > 0) {
    const problem = `"${command.join(" ")}" would run beside ${folders.length} stacks, and has the environment of one`;
    throw new AlienError("COMMAND_INVALID", problem, {
      fix: `Run it beside the stack whose queues it uses: alien dev ${first?.label} -- ${command.join(" ")}`,
    });
  }
}

/** Opens one after the other; where one fails the others are given back. */
async function openAll(
  folders: readonly StackFolder[],
  open: (folder: StackFolder, first: boolean) => Promise<Told>,
): Promise<readonly Told[]> {
  const opened: Told[] = [];
  try {
    for (const folder of folders) opened.push(await open(folder, opened.length === 0));
    return opened;
  } catch (error) {
    await stopAll(opened);
    throw error;
  }
}

async function stopAll(stacks: readonly Told[]): Promise<void> {
  await Promise.all(stacks.map(({ stack }) => stack.stop()));
}

/** The first signal asks for an orderly end; the second is obeyed at once. */
function firstSignal(
  context: Context,
  kill: (signal: NodeJS.Signals) => void,
): Promise<NodeJS.Signals> {
  let asked = false;
  return new Promise((resolve) => {
    context.onSignal((signal) => {
      if (asked) {
        kill(signal);
        process.exit(exitCodeOfSignal(signal));
      }
      asked = true;
      resolve(signal);
    });
  });
}
