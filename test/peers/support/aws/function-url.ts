import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import {
  GetFunctionUrlConfigCommand,
  GetPolicyCommand,
  type LambdaClient,
} from "@aws-sdk/client-lambda";
import { afterAll } from "vitest";
import { answering } from "../answering.ts";
import type { AtEnd } from "../peer.ts";
import type { DeployedFunction } from "./deployed-function.ts";

/** What Lambda takes as text; all else it hands over in base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b)/;

/**
 * Serves the public URL of a function on this machine, in payload format 2.0; answers where. Who calls is let in by the
 * two statements that AWS asks for. https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export async function serveFunctionUrl(
  deployed: DeployedFunction,
  lambda: LambdaClient,
  atEnd: AtEnd = afterAll,
): Promise<string> {
  const { FunctionUrl = "" } = await lambda.send(
    new GetFunctionUrlConfigCommand({ FunctionName: deployed.name }),
  );
  const { host: domainName } = new URL(FunctionUrl);
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    if (!(await isPublic(deployed.name, lambda))) {
      response
        .writeHead(403, { "content-type": "application/json" })
        .end('{"Message":"Forbidden"}');
      return;
    }
    try {
      write(await deployed.invoke(await eventOf(request, domainName)), response);
    } catch {
      // What the function failed of is in its log.
      response.writeHead(502).end("Internal Server Error");
    }
  };
  const server = createServer({ keepAliveTimeout: 0 }, answering(answer));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo; // it listens on a port
  return `http://127.0.0.1:${port}`;
}

/** Whether everybody may invoke the URL, and by it the function: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html */
async function isPublic(FunctionName: string, lambda: LambdaClient): Promise<boolean> {
  const { Policy = "" } = await lambda.send(new GetPolicyCommand({ FunctionName }));
  const statements: readonly { readonly Action: string; readonly Principal: unknown }[] =
    JSON.parse(Policy).Statement;
  return ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"].every((action) =>
    statements.some(
      ({ Action, Principal }) => Action === action && JSON.stringify(Principal).includes('"*"'),
    ),
  );
}

async function eventOf(request: IncomingMessage, domainName: string): Promise<unknown> {
  const { method, headers, url = "/" } = request;
  const at = url.indexOf("?");
  const [rawPath, rawQueryString] = at < 0 ? [url, ""] : [url.slice(0, at), url.slice(at + 1)];
  const body = await buffer(request);
  const isBase64Encoded = body.length > 0 && !TEXT.test(headers["content-type"] ?? "");
  const { cookie, host: _ours, ...rest } = headers;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath,
    rawQueryString,
    ...(cookie === undefined ? {} : { cookies: cookie.split("; ") }),
    headers: { ...rest, host: domainName, "x-forwarded-proto": "https" },
    requestContext: {
      accountId: "anonymous",
      domainName,
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: "127.0.0.1" },
      routeKey: "$default",
      stage: "$default",
    },
    ...(body.length === 0
      ? {}
      : { body: isBase64Encoded ? body.toString("base64") : body.toString() }),
    isBase64Encoded,
  };
}

/** An answer of a function as Lambda reads it. */
interface UrlAnswer {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  readonly isBase64Encoded?: boolean;
}

/** What names no status is the body itself, as JSON. */
function write(answer: unknown, response: ServerResponse): void {
  if (typeof answer !== "object" || answer === null || !("statusCode" in answer)) {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    return;
  }
  const { statusCode, headers, cookies, body, isBase64Encoded } = answer as UrlAnswer; // as just seen
  response
    .writeHead(statusCode, {
      "content-type": "application/json",
      ...headers,
      ...(cookies === undefined || cookies.length === 0 ? {} : { "set-cookie": [...cookies] }),
    })
    .end(Buffer.from(body ?? "", isBase64Encoded === true ? "base64" : "utf8"));
}
