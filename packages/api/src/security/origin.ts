import type { HonoRequest, MiddlewareHandler } from "hono";
import { problemResponse } from "../problem/problem.ts";
import { changes } from "./changes.ts";
import { refusal } from "./refuse.ts";

/**
 * Refuses changes that a page of another site asks for, and whatever it would load: it could not read it, but hold streams
 * or have a cloud asked. Somebody may follow its links. Browsers say where a request comes from in Sec-Fetch-Site, older
 * ones in Origin alone; programs say nothing.
 */
export const sameOrigin: MiddlewareHandler = async ({ req }, next) => {
  const site = req.header("sec-fetch-site");
  const origin = req.header("origin");
  const from = site === undefined || site === "same-origin" || site === "none";
  const own = origin === undefined || isOwn(origin, req.header("host"));
  const looks = !changes(req.method);
  if (looks ? site !== "cross-site" || isLink(req) : from && own) return next();
  return problemResponse(
    refusal(
      looks
        ? "a page of another site asked, which could not read the answer"
        : "a page of another site asked for a change",
      "Ask from the console, or from a program that sends no Origin.",
    ),
  );
};

const FRAMES = new Set(["iframe", "frame", "embed", "object"]);

/** Whether somebody goes there; nobody goes to a stream, and nothing of this is shown in a frame. */
function isLink(req: HonoRequest): boolean {
  const dest = req.header("sec-fetch-dest") ?? "document";
  const goes = req.header("sec-fetch-mode") === "navigate";
  return goes && !FRAMES.has(dest) && req.path !== "/events";
}

function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && (origin === `http://${host}` || origin === `https://${host}`);
}
