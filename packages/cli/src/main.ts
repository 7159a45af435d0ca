import { exitCodeOfSignal } from "./exit-code.ts";
import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

const listeners: ((signal: NodeJS.Signals) => void)[] = [];
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (listeners.length === 0) process.exit(exitCodeOfSignal(signal));
    for (const listener of listeners) listener(signal);
  });
}

// A release of ours names the versions that it works with; what a vendor's later ones will ask for is no user's concern.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

process.exitCode = await run(process.argv.slice(2), {
  directory: process.cwd(),
  environment: process.env,
  terminal: processTerminal(process.env),
  onSignal: (listener) => void listeners.push(listener),
});
