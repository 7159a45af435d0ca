import type { MiddlewareHandler } from "hono";

/** What every answer tells a browser: show it nowhere else, guess no type, keep no copy, tell nobody where it was. */
const HEADERS: Readonly<Record<string, string>> = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
};

/** Of answers that are no page: nothing in them is run or loaded, whatever they contain. */
const NO_PAGE = "default-src 'none'; frame-ancestors 'none'";

/** Puts the headers on every answer, also on refusals. */
export const securityHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  for (const [name, value] of Object.entries(HEADERS)) headers.set(name, value);
  if (!headers.has("content-security-policy")) headers.set("content-security-policy", NO_PAGE);
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
};

/** Of a page: its own files, and inline only scripts and styles that carry the nonce. */
export function pagePolicy(nonce: string): string {
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}'`,
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
