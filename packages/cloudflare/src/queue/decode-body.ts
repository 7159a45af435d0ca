import type { Failure } from "@alienplatform/bindings";

/** A body as it was published, or why it cannot be read. */
export type DecodedBody =
  | { readonly body: string | Uint8Array }
  | { readonly body: string; readonly problem: Failure };

/**
 * What the HTTP API shows of a body, by its content type: "json" and "bytes" in base64, "v8" in a form that only
 * Workers read. https://developers.cloudflare.com/queues/configuration/pull-consumers/#content-types
 */
export function decodeBody(shown: string, contentType: string | undefined): DecodedBody {
  if (contentType === "v8") return { body: shown, problem: ONLY_WORKERS };
  if (contentType !== "json" && contentType !== "bytes") return { body: shown };
  try {
    return { body: Uint8Array.from(atob(shown), (character) => character.charCodeAt(0)) };
  } catch {
    return { body: shown }; // the documentation's own example shows a JSON body without base64
  }
}

const ONLY_WORKERS: Failure = {
  code: "DECODE_FAILED",
  message: 'the body has the content type "v8", which only Workers can read',
};
