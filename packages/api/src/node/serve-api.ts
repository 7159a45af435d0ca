import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpApi } from "../http-api.ts";
import { listen } from "./listen.ts";

const FIRST_PORT = 4100;
/** What is under way may end within this time; then connections are cut. */
const GRACE_MS = 1_000;

/** Where to listen. */
export interface ServeApiOptions {
  /** This port or none; without it the first free one from 4100 on. */
  readonly port?: number | undefined;
  /** Another address than this machine's own, such as "0.0.0.0": whoever can reach it, can ask. */
  readonly host?: string | undefined;
}

/** An API that listens. */
export interface ServedApi {
  readonly port: number;
  /** "http://localhost:4100". */
  readonly url: string;
  /** Ends waits and streams, lets what is under way finish, and gives the port back. */
  close(): Promise<void>;
}

type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>;

/**
 * Serves an API on 127.0.0.1 and ::1, or on one address that was asked for. `load` is called by the first request: listening
 * costs next to nothing, whatever the API takes to load. Fails with PORT_IN_USE.
 */
export async function serveApi(
  load: () => Promise<HttpApi>,
  { port, host }: ServeApiOptions = {},
): Promise<ServedApi> {
  let loading: Promise<{ readonly api: HttpApi; readonly listener: Listener }> | undefined;
  const loaded = () => {
    loading ??= loadListener(load).catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    loaded().then(
      ({ listener }) => listener(incoming, outgoing),
      () => outgoing.writeHead(503).end(),
    );
  };
  const listening = await listen(answer, port ?? FIRST_PORT, port !== undefined, host);
  const close = async () => {
    const api = await loading?.catch(() => undefined);
    api?.api.close();
    await listening.close(GRACE_MS);
  };
  const name = host === undefined || host === "0.0.0.0" || host === "::" ? "localhost" : host;
  const url = `http://${name.includes(":") ? `[${name}]` : name}:${listening.port}`;
  return { port: listening.port, url, close };
}

async function loadListener(load: () => Promise<HttpApi>) {
  const [api, { getRequestListener }] = await Promise.all([load(), import("@hono/node-server")]);
  const listener: Listener = getRequestListener((request) => api.fetch(request), {
    // The globals are those of whoever serves beside other work.
    overrideGlobalObjects: false,
    hostname: "localhost",
  });
  return { api, listener };
}
