import type { MiddlewareHandler } from "hono";
import { problemResponse } from "../problem/problem.ts";
import { refusal } from "./refuse.ts";

/** What a browser on this machine calls this machine. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Refuses requests that name another host. A page may point its own name at 127.0.0.1 ("DNS rebinding") and is then of the
 * same origin as whoever listens there: the name in the request is all that tells.
 */
export function hostAllowed(hosts: readonly string[]): MiddlewareHandler {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  return async ({ req }, next) => {
    const host = req.header("host");
    // What names no host is no browser: each of them does, and an Origin too where it matters.
    const known =
      host === undefined ? req.header("origin") === undefined : isAllowed(host, allowed);
    if (known) return next();
    return problemResponse(
      refusal(
        "the request names a host that this API does not go by",
        `Call it by ${hosts.join(" or ")}; a proxy in front sends one of these as Host.`,
      ),
    );
  };
}

/** The name without its port, and nothing else that may stand in an authority. */
function isAllowed(host: string, allowed: ReadonlySet<string>): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d{1,5})?$/i.exec(host)?.[1];
  return name !== undefined && allowed.has(name.toLowerCase());
}
