import { googleAuthLibrary } from "google-gax";

/** An answer that takes longer is none. */
const ANSWER_MS = 10_000;

export interface GoogleRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Sent as JSON. */
  readonly body?: unknown;
  readonly signal: AbortSignal | undefined;
}

/** What gives a request its credentials. */
export interface GoogleHeaders {
  getRequestHeaders(url: string): Promise<Headers>;
}

/** Application Default Credentials, found at the first request. */
export function googleHeaders(scopes: string): GoogleHeaders {
  return new googleAuthLibrary.GoogleAuth({ scopes });
}

/**
 * One request to an API of Google's, and what it answers. The credentials bring `x-goog-user-project` where they name a
 * project that pays (https://cloud.google.com/docs/quotas/set-quota-project), and to find them is part of the request: the
 * 10 s and the caller's signal end that too, whatever a metadata server does.
 */
export async function askGoogle(
  url: string,
  auth: GoogleHeaders,
  { method, body, signal }: GoogleRequest,
): Promise<{ readonly response: Response; readonly text: string }> {
  signal?.throwIfAborted();
  const timeout = AbortSignal.timeout(ANSWER_MS);
  const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout]);
  const headers = new Headers(await unlessAborted(auth.getRequestHeaders(url), either));
  headers.set("content-type", "application/json");
  const response = await fetch(url, {
    method,
    headers,
    signal: either,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { response, text: await response.text() };
}

/** Nothing stops what looks for credentials; who asked is answered all the same. */
function unlessAborted<Answer>(asked: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    asked.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
