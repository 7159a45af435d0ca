import type { IncomingMessage, ServerResponse } from "node:http";
import type { WholeResponse } from "@alienplatform/bindings";

/** What Google's functions-framework and Node's own server call for each request. */
export type NodeListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Cloud Run lets 32 MiB through: https://cloud.google.com/run/quotas#request_limits */
const LONGEST_BODY = 32 * 1_024 * 1_024;

/** Serves a web-standard handler of whole bodies; never rejects. */
export function nodeListener(handle: (request: Request) => Promise<WholeResponse>): NodeListener {
  return async (incoming, outgoing) => {
    try {
      const body = await bodyOf(incoming);
      if (body === undefined) return void outgoing.writeHead(413).end();
      const request = requestOf(incoming, body);
      if (request === undefined) return void outgoing.writeHead(400).end();
      const { status, headers, cookies, body: answer } = await handle(request);
      const own = cookies.length === 0 ? headers : { ...headers, "set-cookie": [...cookies] };
      outgoing.writeHead(status, own).end(answer);
    } catch {
      // Whoever gave up while it sent waits for no answer.
      outgoing.destroy();
    }
  };
}

/** What a framework adds to Node's own. */
type Incoming = IncomingMessage & {
  /** The body, where it has read it. */
  readonly rawBody?: Buffer;
  /** The whole target, where it has cut its own part off. */
  readonly originalUrl?: string;
};

/** Undefined where it is none of the web's: TRACE, and a target that is no path. */
function requestOf(incoming: Incoming, body: Buffer): Request | undefined {
  const { method = "GET", headers, originalUrl, url: own = "/" } = incoming;
  const target = originalUrl ?? own;
  if (!target.startsWith("/") || method === "TRACE" || method === "CONNECT") return undefined;
  const url = originOf(incoming);
  const [path = "/", ...query] = target.split("?");
  // By parts: a path that begins with two slashes names no host.
  url.pathname = path;
  url.search = query.join("?");
  const given = new Headers();
  for (const [name, value = ""] of Object.entries(headers)) {
    for (const one of typeof value === "string" ? [value] : value) given.append(name, one);
  }
  const bare = method === "GET" || method === "HEAD" || body.length === 0;
  return new Request(url, {
    method,
    headers: given,
    ...(bare ? {} : { body: new Uint8Array(body) }),
  });
}

/** As the one who asks has it: Google's front end ends TLS, and says so. */
function originOf({ headers }: Incoming): URL {
  const scheme = headers["x-forwarded-proto"] === "https" ? "https" : "http";
  const origin = `${scheme}://${headers.host ?? "localhost"}`;
  return new URL(URL.canParse(origin) ? origin : "http://localhost");
}

/** undefined where it is too long. */
async function bodyOf(incoming: Incoming): Promise<Buffer | undefined> {
  const { rawBody } = incoming;
  if (rawBody !== undefined) return rawBody;
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of incoming) {
    // A request without an encoding yields buffers.
    chunks.push(chunk as Buffer);
    length += (chunk as Buffer).length;
    if (length > LONGEST_BODY) return undefined;
  }
  return Buffer.concat(chunks);
}
