import type { WholeResponse } from "@alienplatform/bindings";
import { AlienError } from "@alienplatform/core";

/**
 * What Lambda hands over of a request to the function's URL, in its payload format 2.0:
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
 */
export interface UrlEvent {
  readonly version: "2.0";
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Each name once, in lower case, values of several headers joined by commas; without cookies. */
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly domainName: string;
    readonly http: { readonly method: string };
  };
}

/** What Lambda makes the answer of. */
export interface UrlResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly string[];
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html: 6 MB of JSON, as Lambda counts it. */
const LARGEST_RESPONSE = 6_291_556;
/** A character takes at most six bytes of JSON. */
const SURELY_SMALL = LARGEST_RESPONSE / 6 - 100_000;

/** Only Lambda writes such an event: whoever calls the URL fills its fields, and can add none. */
export function isUrlEvent(event: unknown): event is UrlEvent {
  // Anything can be sent to a function by hand; what is of the version is as AWS documents it.
  const { version, requestContext } = (event ?? {}) as Partial<UrlEvent>;
  return version === "2.0" && requestContext?.http !== undefined;
}

/** The request as the web has it. Undefined where there can be none: TRACE has no place in it. */
export function toRequest(event: UrlEvent): Request | undefined {
  const { rawPath, rawQueryString, headers, cookies, requestContext } = event;
  const { method } = requestContext.http;
  if (method === "TRACE" || method === "CONNECT") return undefined;
  const url = new URL(`https://${requestContext.domainName}`);
  // By parts: a path that begins with two slashes names no host.
  url.pathname = rawPath;
  url.search = rawQueryString;
  const given = new Headers(Object.entries(headers).map(([name, value]) => [name, bytesOf(value)]));
  if (cookies !== undefined) given.set("cookie", cookies.join("; "));
  const body = method === "GET" || method === "HEAD" ? undefined : bodyOf(event);
  return new Request(url, { method, headers: given, ...(body === undefined ? {} : { body }) });
}

/** A header's value is bytes, of which a web-standard one has a character each; Lambda has read those of others as text. */
function bytesOf(value: string): string {
  const isText = /[\u0100-\uffff]/.test(value);
  return isText ? Buffer.from(value, "utf8").toString("latin1") : value;
}

function bodyOf({ body, isBase64Encoded }: UrlEvent): Uint8Array<ArrayBuffer> | undefined {
  if (body === undefined) return undefined;
  return new Uint8Array(Buffer.from(body, isBase64Encoded ? "base64" : "utf8"));
}

/** Text goes as such, and everything else in base64, which takes a third more of what Lambda lets through. */
export function toUrlResponse(response: WholeResponse): UrlResponse {
  const { status: statusCode, cookies, body } = response;
  const text = textOf(body);
  // Without one Lambda would call it JSON.
  const unnamed = body.length === 0 || "content-type" in response.headers;
  const headers = unnamed ? response.headers : { ...response.headers, ...OCTETS };
  const answer = {
    ...{ statusCode, headers, cookies },
    body: text ?? Buffer.from(body).toString("base64"),
    isBase64Encoded: text === undefined,
  };
  if (body.length < SURELY_SMALL) return answer;
  const size = Buffer.byteLength(JSON.stringify(answer));
  if (size > LARGEST_RESPONSE) throw tooLarge(size);
  return answer;
}

const OCTETS = { "content-type": "application/octet-stream" };

function textOf(body: Uint8Array): string | undefined {
  try {
    return utf8.decode(body);
  } catch {
    return undefined; // it is no text
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function tooLarge(size: number): AlienError {
  const text = `the answer would be ${size} bytes; Lambda lets ${LARGEST_RESPONSE} through`;
  return new AlienError("MESSAGE_TOO_LARGE", text, {
    fix: "Answer with a URL of the object in storage, or with a part of it.",
    details: { size, limit: LARGEST_RESPONSE, service: "Lambda" },
  });
}
