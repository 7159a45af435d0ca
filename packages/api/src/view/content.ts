import { type Headers, JsonText, textOrBytes } from "@alienplatform/bindings";

/** What a body and its headers say, as fields of an answer: JSON letter by letter, what is no text as base64. */
export function contentOf(body: string | Uint8Array, headers: Headers) {
  const { kind, attributes = {}, job, maxAttempts, trace } = headers;
  const beside = { attributes, job, maxAttempts, trace };
  const text = textOrBytes(body);
  if (typeof text !== "string") {
    return { kind, payload: base64(text), encoding: "base64", ...beside };
  }
  // What says JSON and is none is shown as the text that it is.
  const payload = kind === "json" && isJson(text) ? new JsonText(text) : text;
  return { kind, payload, ...beside };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // what it is instead is shown
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
