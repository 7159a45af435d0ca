import { AlienError } from "@alienplatform/core";
import type { Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import type { HttpApiOptions } from "./api-options.ts";
import type { ServedFile, ServedFiles } from "./console-files.ts";
import { pagePolicy } from "./security/headers.ts";
import { cookieOf, isSame, TOKEN_COOKIE } from "./security/token.ts";

const YEAR_S = 31_536_000;

/** Serves the console's files at /console/, and its page for every address in it. */
export function serveConsole(app: Hono, { files, token, readOnly }: HttpApiOptions): void {
  if (files === undefined) return;
  let loading: Promise<ServedFiles> | undefined;
  const loaded = () => {
    loading ??= files().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const toConsole = (context: Context) => context.redirect("/console/");
  app.get("/", toConsole);
  app.get("/console", toConsole);
  app.get("/console/*", async (context) => {
    const given = context.req.query("token");
    if (given !== undefined && token !== undefined) return entered(context, given, token);
    const path = decoded(context.req.path.slice("/console/".length));
    const shown = isNavigation(context) && readOnly !== true ? token : undefined;
    const file = (await loaded())(path, shown);
    if (file === undefined) throw noFile(path);
    return answerOf(file);
  });
}

/** Whoever opens the console with ?token= looks with a cookie from then on, and the token leaves the address. */
async function entered(context: Context, given: string, token: string): Promise<Response> {
  if (await isSame(given, token)) {
    const value = await cookieOf(token);
    setCookie(context, TOKEN_COOKIE, value, { httpOnly: true, sameSite: "Strict", path: "/" });
  }
  return context.redirect(context.req.path, 303);
}

/** A file of the console. A page's scripts carry its nonce. */
function answerOf({ body, type, immutable }: ServedFile): Response {
  const isPage = type.startsWith("text/html");
  const headers = new Headers({
    "content-type": type,
    "cache-control":
      immutable === true && !isPage ? `public, max-age=${YEAR_S}, immutable` : "no-store",
  });
  if (!isPage) return new Response(bytesOf(body), { headers });
  const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
  headers.set("content-security-policy", pagePolicy(nonce));
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  return new Response(text.replaceAll(/<(script|style)(?=[\s>])/g, `<$1 nonce="${nonce}"`), {
    headers,
  });
}

/** Whether somebody goes to the page, and no script or page of another site loads it. */
function isNavigation({ req }: Context): boolean {
  const site = req.header("sec-fetch-site");
  const mode = req.header("sec-fetch-mode");
  const direct = site === undefined || site === "none" || site === "same-origin";
  return direct && (mode === undefined || mode === "navigate");
}

function bytesOf(body: string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" ? body : new Uint8Array(body);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new AlienError("OPTION_INVALID", "the address is not encoded as addresses are", {
      fix: "Open /console/.",
      cause,
    });
  }
}

function noFile(path: string): AlienError {
  return new AlienError("UNKNOWN_ROUTE", `the console has no file ${JSON.stringify(path)}`, {
    fix: "Open /console/.",
  });
}
