/** A response with its body read, for a host that takes no streams. */
export interface WholeResponse {
  readonly status: number;
  /** Each name once, in lower case; without cookies, and without what the host's own connection says. */
  readonly headers: Readonly<Record<string, string>>;
  /** The values of Set-Cookie, which cannot be joined to one header. */
  readonly cookies: readonly string[];
  readonly body: Uint8Array;
}

/** Of one connection, which is the host's, as the length is; cookies are told apart. */
const NOT_KEPT = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "set-cookie",
  "trailer",
  "transfer-encoding",
]);

/** Reads all of a response; rejects where its body breaks off. */
export async function wholeResponse(response: Response): Promise<WholeResponse> {
  const { status, headers } = response;
  return {
    status,
    headers: Object.fromEntries([...headers].filter(([name]) => !NOT_KEPT.has(name))),
    cookies: headers.getSetCookie(),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}
