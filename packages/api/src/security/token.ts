import type { Context, MiddlewareHandler } from "hono";
import { getCookie } from "hono/cookie";
import { problemResponse } from "../problem/problem.ts";
import { changes } from "./changes.ts";
import { refusal } from "./refuse.ts";

/** In the browser of who opened the console with the token: for looking only, since it travels by itself. */
export const TOKEN_COOKIE = "alien-token";

/** What the cookie holds. Not the token, which may be used elsewhere: browsers send cookies to every port of a host. */
export async function cookieOf(token: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encoder.encode(token), algorithm, false, [
    "sign",
  ]);
  const signed = new Uint8Array(
    await crypto.subtle.sign("HMAC", key, encoder.encode(TOKEN_COOKIE)),
  );
  return [...signed].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Asks for the token: of whatever changes something, and, for "everything", of who looks too. */
export function tokenShown(token: string, needed: "changes" | "everything"): MiddlewareHandler {
  return async (context, next) => {
    const { req } = context;
    const mutating = changes(req.method);
    if (!mutating && (needed === "changes" || OPEN.has(req.path))) return next();
    const header = /^Bearer +(\S+)$/i.exec(req.header("authorization") ?? "")?.[1];
    const shown = header ?? (mutating ? undefined : shownInAddress(context));
    // A cookie travels by itself, so that it must not be enough for a change.
    const cookie = shown === undefined && !mutating ? getCookie(context, TOKEN_COOKIE) : undefined;
    if (shown !== undefined && (await isSame(shown, token))) return next();
    if (cookie !== undefined && (await isSame(cookie, await cookieOf(token)))) return next();
    return problemResponse(
      refusal(
        shown === undefined && cookie === undefined
          ? "the request shows no token"
          : "the request shows another token",
        "Send Authorization: Bearer <token>: ALIEN_API_TOKEN, where it was set; else the token of .alien/local/api.json (alien dev), or that which alien console --json prints.",
      ),
      401,
    );
  };
}

/** The token in the address, where somebody opens the console with it. */
function shownInAddress({ req }: Context): string | undefined {
  return req.path.startsWith("/console/") ? req.query("token") : undefined;
}

/** What a load balancer asks, and tells nothing of the queues. */
const OPEN = new Set(["/health"]);

/** Of digests, so that the time it takes tells neither where two tokens differ nor how long they are. */
export async function isSame(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(one), digest(other)]);
  let difference = 0;
  for (let index = 0; index < a.length; index++) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
