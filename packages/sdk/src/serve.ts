import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { AlienError } from "@alienplatform/core";
import { answerRequest } from "./answer-request.ts";
import { type Fetch, fetchOf } from "./fetch.ts";
import { errorMessage, tellParent } from "./function-message.ts";
import { writeRequestFailure } from "./stderr.ts";

/** The HTTP half of a function while it runs. */
export interface Served {
  readonly port: number;
  /** What answers. */
  readonly fetch: Fetch;
  /** Takes no more connections and waits for the answers under way, at most until the deadline. */
  stop(deadlineMs: number): Promise<void>;
}

/** Serves what a function's file exports as default: an object with fetch(request). */
export async function serve(module: unknown, port: number, file: string): Promise<Served> {
  const fetch = fetchOf(module, file);
  const { getRequestListener } = await import("@hono/node-server");
  const server = createServer(getRequestListener((request) => answerOf(fetch, request)));
  tellParent({ type: "listen", port });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(cause.code === "EADDRINUSE" ? portInUse(port, cause) : cause),
    );
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    fetch,
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

function answerOf(fetch: Fetch, request: Request): Promise<Response> {
  return answerRequest(fetch, request, (error) => {
    if (!tellParent(errorMessage(error))) writeRequestFailure(request, error);
  });
}

function portInUse(port: number, cause: Error): AlienError {
  return new AlienError("PORT_IN_USE", `port ${port} is taken by another program`, {
    fix: "Stop it, or choose another port.",
    details: { port },
    cause,
  });
}
