import { AlienError } from "@alienplatform/core";
import type { MiddlewareHandler } from "hono";
import { problemResponse } from "../problem/problem.ts";
import { changes } from "./changes.ts";

const TYPES = /^application\/(json|x-ndjson)\s*(;.*)?$/i;

/** Takes bodies of JSON only: what a form of another site can post without being asked (text/plain, urlencoded) is none. */
export const jsonOnly: MiddlewareHandler = async ({ req }, next) => {
  const type = req.header("content-type");
  const none = req.raw.body === null || req.header("content-length") === "0";
  if (!changes(req.method) || (type === undefined ? none : TYPES.test(type))) return next();
  return problemResponse(
    new AlienError("OPTION_INVALID", "the body is not said to be JSON", {
      fix: "Send Content-Type: application/json.",
      details: { option: "content-type" },
    }),
    415,
  );
};
