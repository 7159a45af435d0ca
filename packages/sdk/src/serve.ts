import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AlienError } from "@alienplatform/core";

/** The HTTP half of a function while it runs. */
export interface Served {
  readonly port: number;
  /** Takes no more connections and waits for the answers under way, at most until the deadline. */
  stop(deadlineMs: number): Promise<void>;
}

/** Serves what a function's file exports as default: an object with fetch(request). */
export async function serve(module: unknown, port: number, file: string): Promise<Served> {
  const fetch = fetchOf(module);
  if (fetch === undefined) {
    throw new AlienError(
      "HANDLER_MISSING",
      `${file} has .http() and no default export with fetch`,
      {
        fix: 'Export it: export default { fetch: (request: Request) => new Response("hello") }.',
        details: { file },
      },
    );
  }
  const { getRequestListener } = await import("@hono/node-server");
  const server = createServer(getRequestListener(fetch));
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(cause.code === "EADDRINUSE" ? portInUse(port, cause) : cause),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port, // it listens on a port, as just asked
    async stop(deadlineMs) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const late = setTimeout(() => server.closeAllConnections(), deadlineMs);
      await closed;
      clearTimeout(late);
    },
  };
}

type Fetch = (request: Request) => Response | Promise<Response>;

function fetchOf(module: unknown): Fetch | undefined {
  if (typeof module !== "object" || module === null || !("default" in module)) return undefined;
  const app = module.default;
  if (typeof app !== "object" || app === null || !("fetch" in app)) return undefined;
  const { fetch } = app;
  if (typeof fetch !== "function") return undefined;
  return (request) => Reflect.apply(fetch, app, [request]);
}

function portInUse(port: number, cause: Error): AlienError {
  return new AlienError("PORT_IN_USE", `port ${port} is taken by another program`, {
    fix: "Stop it, or choose another port.",
    details: { port },
    cause,
  });
}
