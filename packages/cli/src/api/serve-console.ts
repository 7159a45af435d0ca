import { randomBytes } from "node:crypto";
import { hostname, networkInterfaces } from "node:os";
import { httpApi, LOOPBACK_HOSTS } from "@alienplatform/api";
import { serveApi } from "@alienplatform/api/node";
import type { QueueOptions } from "../commands/with-queues.ts";
import type { Context } from "../context.ts";
import { exitCodeOfSignal } from "../exit-code.ts";
import type { OpenQueues } from "../open-queues.ts";
import { ServedCommands } from "./served-commands.ts";
import { StackSchemas } from "./stack-schemas.ts";
import { unexpectedOfApi } from "./unexpected-of-api.ts";

/** What `alien console` takes. */
export interface ConsoleOptions extends QueueOptions {
  readonly json?: boolean;
  readonly port?: number;
  readonly host?: string;
  readonly open?: boolean;
  readonly readOnly?: boolean;
}

/** Serves the console and the API of these queues until a signal. */
export async function serveConsole(
  context: Context,
  queues: OpenQueues,
  { host, port, stage, readOnly, open, json }: ConsoleOptions,
): Promise<void> {
  const { data, note, ask, noteColors } = context.terminal;
  const given = context.environment.ALIEN_API_TOKEN;
  const token = given || randomBytes(24).toString("base64url");
  const [first = ""] = queues.ids();
  const { platform } = await queues.describe(first);
  const schemas = new StackSchemas(() => queues.loaded, {
    warn: (text) => note(`${noteColors.yellow("warning")}  ${text}`),
  });
  const api = httpApi(new ServedCommands(queues, schemas, platform, stage), {
    token,
    tokenFor: host === undefined ? "changes" : "everything",
    hosts: host === undefined ? LOOPBACK_HOSTS : [...LOOPBACK_HOSTS, ...namesOf(host)],
    readOnly,
    onUnexpected: (text) => note(unexpectedOfApi(text)),
    files: async () => (await import("@alienplatform/console")).consoleFiles(),
  });
  const served = await serveApi(async () => api, { host, port });
  try {
    const page = `${served.url}/console/${host === undefined ? "" : `?token=${encodeURIComponent(token)}`}`;
    if (host !== undefined) {
      note(
        `${noteColors.yellow("warning")}  whoever reaches ${host}:${served.port} and has the token operates these queues; the token travels as it is: put TLS in front`,
      );
    }
    // One that was given is known to whoever gave it, and need not be in what is kept of this output.
    const told = { version: 1, url: served.url, console: page, ...(given ? {} : { token }) };
    data(json ? JSON.stringify(told) : page);
    // Only where somebody looks: not in CI, not in a pipe.
    if (open !== false && ask !== undefined) {
      const { default: openBrowser } = await import("open");
      await openBrowser(page).catch(() => note("no browser could be opened: open it yourself"));
    }
    const signal = await new Promise<NodeJS.Signals>((resolve) => context.onSignal(resolve));
    context.exit(exitCodeOfSignal(signal));
  } finally {
    await served.close();
    schemas.close();
  }
}

/** By what names others call this machine at that address. */
function namesOf(host: string): readonly string[] {
  const written = (address: string) => (address.includes(":") ? `[${address}]` : address);
  if (host !== "0.0.0.0" && host !== "::") return [written(host)];
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  return [hostname(), ...addresses.map(({ address }) => written(address))];
}
