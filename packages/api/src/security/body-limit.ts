import { AlienError } from "@alienplatform/core";
import type { MiddlewareHandler } from "hono";
import { problemResponse } from "../problem/problem.ts";
import { changes } from "./changes.ts";

/** Refuses a body of more bytes. One that tells no length is read here, and is no body afterwards where nothing came. */
export function limitedBody(limit: number): MiddlewareHandler {
  return async ({ req }, next) => {
    if (!changes(req.method) || req.raw.body === null) return next();
    const length = req.header("content-length");
    if (length !== undefined && req.header("transfer-encoding") === undefined) {
      return Number(length) > limit ? tooLarge(limit) : next();
    }
    const bytes = await read(req.raw.body, limit);
    if (bytes === undefined) return tooLarge(limit);
    // Of its parts: what Node's adapter hands over only looks like a Request, and cannot be given to another's constructor.
    const { url, method, headers, signal } = req.raw;
    const body = bytes.length === 0 ? {} : { body: bytes };
    req.raw = new Request(url, { method, headers, signal, ...body });
    return next();
  };
}

/** All of a body; undefined where it is larger, as soon as that is seen. */
async function read(
  body: ReadableStream<Uint8Array>,
  limit: number,
): Promise<Uint8Array<ArrayBuffer> | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    // Not cancelled: Node would cut the connection, before the answer is written.
    if (size > limit) return undefined;
    chunks.push(value);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}

function tooLarge(limit: number): Response {
  return problemResponse(
    new AlienError("MESSAGE_TOO_LARGE", `the body is larger than ${limit} bytes`, {
      fix: "Send fewer messages at once, or put the payload in storage and send its key.",
      details: { limit },
    }),
  );
}
