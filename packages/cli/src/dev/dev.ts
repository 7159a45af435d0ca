import { resetLocalQueues } from "@alienplatform/local/operate";
import type { Context } from "../context.ts";
import { exitCodeOfSignal } from "../exit-code.ts";
import { stackAround } from "../stack.ts";
import { dataDirectory, LocalStore } from "../store.ts";
import { type App, startApp } from "./app.ts";
import { Ports } from "./ports.ts";
import { refuseUnsupported } from "./refusals.ts";
import { reporter } from "./reporter.ts";
import { Session } from "./session.ts";

/** What `alien dev` takes. */
export interface DevOptions {
  readonly reset?: boolean;
  readonly persistTo?: string;
  readonly port?: number;
  readonly json?: boolean;
}

/** Runs the stack around the working directory until a signal, or until the user's own command ends. */
export async function dev(
  context: Context,
  options: DevOptions,
  command: readonly string[],
): Promise<void> {
  const started = performance.now();
  const { terminal } = context;
  const json = options.json === true;
  const report = reporter(terminal, json);
  const loadedAt = Date.now();
  const stack = await stackAround(context);
  const directory = dataDirectory(context, stack, options.persistTo);
  if (options.reset) await resetLocalQueues(directory);
  const store = new LocalStore(directory);
  const session = new Session(stack, {
    report,
    loadedAt,
    environment: { ...context.environment, ALIEN_DIRECTORY: directory },
    ports: new Ports(options.port),
    print: (text) => terminal.note(text.trimEnd()),
    declare: async ({ stack: declared }) => {
      refuseUnsupported(declared, store.capabilities);
      return store.declare(declared);
    },
  });
  let app: App | undefined;
  let stopping = false;
  const signalled = firstSignal(context, () => {
    session.kill();
    app?.signal("SIGKILL");
  });
  const run = async () => {
    const summary = await session.start();
    if (stopping) return 0;
    report({ type: "ready", ...summary, directory, durationMs: performance.now() - started });
    if (command.length === 0) return signalled;
    app = startApp(command, context.directory, session.environment, json);
    return app.exited;
  };
  try {
    const end = await Promise.race([run(), signalled]);
    stopping = true;
    if (typeof end === "string") {
      report({ type: "stopping", signal: end });
      app?.signal(end);
    }
    context.exit(typeof end === "string" ? exitCodeOfSignal(end) : end);
  } finally {
    const since = performance.now();
    // What went wrong with the program is thrown already.
    await Promise.all([session.stop(), app?.exited.catch(() => undefined)]);
    await store.close();
    report({ type: "stopped", durationMs: performance.now() - since });
  }
}

/** The first signal asks for an orderly end; the second is obeyed at once. */
function firstSignal(context: Context, kill: () => void): Promise<NodeJS.Signals> {
  let asked = false;
  return new Promise((resolve) => {
    context.onSignal((signal) => {
      if (asked) {
        kill();
        process.exit(exitCodeOfSignal(signal));
      }
      asked = true;
      resolve(signal);
    });
  });
}
