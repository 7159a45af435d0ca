import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { AlienError } from "@alienplatform/core";

const LOOPBACK = ["127.0.0.1", "::1"] as const;
const TRIES = 100;

/** Sockets of one port. */
export interface Listening {
  readonly port: number;
  /** Takes no more requests, and cuts what is not done after `graceMs`. */
  close(graceMs: number): Promise<void>;
}

/** Listens on a port, or, unless it must be this one, on the next that is free on all addresses. */
export async function listen(
  answer: RequestListener,
  first: number,
  exact: boolean,
  host?: string,
): Promise<Listening> {
  const addresses = host === undefined ? LOOPBACK : [host];
  const tries = exact ? 1 : TRIES;
  for (let port = first; port < first + tries; port++) {
    const servers = await listenAt(answer, port, addresses);
    const bound = servers?.[0]?.address();
    if (servers === undefined || typeof bound !== "object" || bound === null) continue;
    return { port: bound.port, close: (graceMs) => closeAll(servers, graceMs) };
  }
  const what = exact ? `port ${first}` : `every port from ${first} to ${first + tries - 1}`;
  throw new AlienError("PORT_IN_USE", `${what} is in use`, {
    fix: "Stop the program that listens there, or choose another with --api-port.",
  });
}

/** All of them, or undefined where one is taken. */
async function listenAt(
  answer: RequestListener,
  port: number,
  addresses: readonly string[],
): Promise<readonly Server[] | undefined> {
  const servers: Server[] = [];
  for (const address of addresses) {
    const server = createServer(answer);
    try {
      // Asked for any (0), the second address gets the port that the first one got.
      const bound = servers[0]?.address();
      server.listen(typeof bound === "object" && bound !== null ? bound.port : port, address);
      await once(server, "listening");
      servers.push(server);
    } catch (error) {
      if (address === "::1" && isMissing(error)) continue;
      await closeAll(servers, 0);
      if (addresses !== LOOPBACK && isMissing(error)) throw noAddress(address);
      return undefined;
    }
  }
  return servers;
}

/** This machine has no such address, as where IPv6 is off. */
function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EADDRNOTAVAIL" || code === "EAFNOSUPPORT" || code === "ENOTFOUND";
}

async function closeAll(servers: readonly Server[], graceMs: number): Promise<void> {
  await Promise.all(
    servers.map(async (server) => {
      const closed = once(server, "close");
      server.close();
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(cut);
    }),
  );
}

function noAddress(address: string): AlienError {
  return new AlienError("OPTION_INVALID", `this machine has no address ${address}`, {
    fix: "Give --host an address of this machine, or 0.0.0.0 for all of them.",
    details: { option: "host" },
  });
}
