import type { QueueOperations } from "@alienplatform/bindings/operate";
import type { QueueResource } from "@alienplatform/core";
import type { HttpApiOptions } from "./api-options.ts";
import { type HttpApi, httpApi } from "./http-api.ts";
import type { ServedClient } from "./served-queues.ts";

/** What a function gives to the API that it serves. */
export interface FunctionApiOptions extends Omit<HttpApiOptions, "token" | "tokenFor" | "files"> {
  /** Those of alien.ts that it serves, and links to: "send", "receive" and "operate" for all routes. */
  readonly queues: readonly QueueResource[];
  /** `queue` of @alienplatform/sdk. */
  readonly queue: (resource: QueueResource) => ServedClient | Promise<ServedClient>;
  /** `operate` of @alienplatform/sdk/operate. */
  readonly operate: (resource: QueueResource) => QueueOperations;
  /** What callers show as `Authorization: Bearer`, a secret of the function's: everything but /health needs it. */
  readonly token: string | undefined;
  /** What GET /health calls it. */
  readonly name?: string;
}

/**
 * The HTTP API as a function with `.http()` serves it in front of its queues: `export default functionApi({ ... })`. What is
 * served so tells no events unless `streams` is true, since most platforms send answers as a whole. An error behind a 500
 * that nobody expected goes to stderr, once, unless `onUnexpected` is given.
 */
export function functionApi(options: FunctionApiOptions): HttpApi {
  const { queues, queue, operate, token, name = "function", ...rest } = options;
  if (!token) {
    throw new TypeError(
      'functionApi() takes a token, which everybody who reaches the function needs: declare .secret("API_TOKEN") and write functionApi({ queues, queue, operate, token: process.env.API_TOKEN }).',
    );
  }
  const stack = { name, platforms: [], resources: queues };
  const clients = new Map<string, ServedClient | Promise<ServedClient>>();
  const operations = new Map<string, QueueOperations>();
  const declared = (id: string): QueueResource => {
    const found = queues.find((resource) => resource.id === id);
    if (found === undefined) throw new TypeError(`no queue ${id} is served`);
    return found;
  };
  return httpApi(
    {
      platform: "function",
      stack: () => stack,
      client: (id) => {
        const client = clients.get(id) ?? queue(declared(id));
        clients.set(id, client);
        return client;
      },
      operations: (id) => {
        const own = operations.get(id) ?? operate(declared(id));
        operations.set(id, own);
        return own;
      },
    },
    { streams: false, onUnexpected: log, ...rest, token, tokenFor: "everything" },
  );
}

/** Where a function's output goes, as all that a function says. */
function log(text: string): void {
  // biome-ignore lint/suspicious/noConsole: every runtime of functions has one, and nothing else that they share
  console.error(`the HTTP API failed where nobody expected it; please report this: ${text}`);
}
