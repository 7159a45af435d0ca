import type { WholeResponse } from "@alienplatform/bindings";
import { type Cookie, readSetCookie } from "./set-cookie.ts";

/**
 * What an HTTP trigger hands over, as far as it is looked at; a request of the library, not of the web:
 * https://learn.microsoft.com/azure/azure-functions/functions-reference-node#http-request
 */
export interface HttpRequest {
  readonly method: string;
  /** Absolute. */
  readonly url: string;
  readonly headers: Iterable<readonly [string, string]>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** https://learn.microsoft.com/azure/azure-functions/functions-reference-node#http-response */
export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly Cookie[];
  readonly body: Uint8Array;
}

/** No message of a queue is one: what comes from Service Bus is data, and has no methods. */
export function isHttpRequest(input: unknown): input is HttpRequest {
  if (typeof input !== "object" || input === null) return false;
  const { method, url, arrayBuffer } = input as Partial<HttpRequest>; // looked at before it is believed
  return typeof method === "string" && typeof url === "string" && typeof arrayBuffer === "function";
}

/** The request as the web has it. Undefined where there can be none: TRACE has no place in it. */
export async function toRequest(input: HttpRequest): Promise<Request | undefined> {
  const { method, url, headers } = input;
  if (method === "TRACE" || method === "CONNECT") return undefined;
  const bare = method === "GET" || method === "HEAD";
  const body = bare ? undefined : await input.arrayBuffer();
  return new Request(url, {
    method,
    headers: [...headers].map(([name, value]) => [name, value]),
    ...(body === undefined || body.byteLength === 0 ? {} : { body }),
  });
}

/**
 * The host takes each header once. A single cookie is one, word for word; several are objects, which the host writes
 * anew. https://github.com/Azure/azure-functions-host/issues/2737
 */
export function toHttpResponse({ status, headers, cookies, body }: WholeResponse): HttpResponse {
  const [only = "", second] = cookies;
  if (second !== undefined) return { status, headers, cookies: cookies.map(readSetCookie), body };
  const given = only === "" ? headers : { ...headers, "set-cookie": only };
  return { status, headers: given, cookies: [], body };
}
