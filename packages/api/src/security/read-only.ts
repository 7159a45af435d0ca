import type { MiddlewareHandler } from "hono";
import { problemResponse } from "../problem/problem.ts";
import { changes } from "./changes.ts";
import { refusal } from "./refuse.ts";

/** Refuses whatever changes something, whoever asks. */
export const readOnly: MiddlewareHandler = async ({ req }, next) => {
  if (!changes(req.method)) return next();
  return problemResponse(
    refusal("this API only looks", "Serve it without --read-only to change something."),
  );
};
