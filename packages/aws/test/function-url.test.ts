import { onQueueMessage } from "@alienplatform/sdk";
import { pushedFunction } from "@alienplatform/sdk/push";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { entry } from "../src/entry.ts";
import type { UrlEvent } from "../src/function/url-event.ts";

// As AWS documents it: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
const recorded = {
  version: "2.0",
  routeKey: "$default",
  rawPath: "/my/path",
  rawQueryString: "parameter1=value1&parameter1=value2&parameter2=value",
  cookies: ["cookie1", "cookie2"],
  headers: { header1: "value1", header2: "value1,value2" },
  queryStringParameters: { parameter1: "value1,value2", parameter2: "value" },
  requestContext: {
    accountId: "123456789012",
    apiId: "<urlid>",
    authentication: null,
    authorizer: { iam: { accessKey: "AKIA...", accountId: "111122223333" } },
    domainName: "urlid.lambda-url.us-west-2.on.aws",
    domainPrefix: "urlid",
    http: {
      method: "POST",
      path: "/my/path",
      protocol: "HTTP/1.1",
      sourceIp: "123.123.123.123",
      userAgent: "agent",
    },
    requestId: "id",
    routeKey: "$default",
    stage: "$default",
    time: "12/Mar/2020:19:03:58 +0000",
    timeEpoch: 1583348638390,
  },
  body: "Hello from client!",
  pathParameters: null,
  isBase64Encoded: false,
  stageVariables: null,
} as const;

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.stubEnv("ALIEN_FUNCTION", JSON.stringify({ id: "worker", triggers: [], http: {} }));
  vi.spyOn(process.stderr, "write").mockImplementation((text) => lines.push(String(text)) > 0);
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** Asks a function whose fetch does this. */
function ask(event: UrlEvent, fetch: (request: Request) => unknown) {
  const load = async () => ({ default: { fetch } });
  const pushed = pushedFunction(load, { file: "src/worker.ts", queues: async () => [] });
  return entry(pushed, {})(event, { getRemainingTimeInMillis: () => 3_000 });
}

function asking(method: string, more: Partial<UrlEvent> = {}): UrlEvent {
  const { requestContext, body: _, ...rest } = recorded;
  return { ...rest, requestContext: { ...requestContext, http: { method } }, ...more };
}

test("the documented event is a request, and the answer is as documented", async () => {
  const seen: unknown[] = [];
  const answer = await ask(recorded, async (request) => {
    const { method, url, headers } = request;
    seen.push(method, url, headers.get("cookie"), headers.get("header2"), await request.text());
    return Response.json({ message: "Hello, world!" }, { status: 201 });
  });
  expect(seen).toEqual([
    "POST",
    "https://urlid.lambda-url.us-west-2.on.aws/my/path?parameter1=value1&parameter1=value2&parameter2=value",
    "cookie1; cookie2",
    "value1,value2",
    "Hello from client!",
  ]);
  expect(answer).toEqual({
    statusCode: 201,
    headers: { "content-type": "application/json" },
    cookies: [],
    body: '{"message":"Hello, world!"}',
    isBase64Encoded: false,
  });
});

test("a path that begins with two slashes names no host, and one with a mark of a query is no query", async () => {
  const urls: string[] = [];
  const remember = ({ url }: Request) => {
    urls.push(url);
    return new Response();
  };
  await ask(asking("GET", { rawPath: "//evil.example/a", rawQueryString: "" }), remember);
  await ask(asking("GET", { rawPath: "/a?b#c", rawQueryString: "d" }), remember);
  expect(urls).toEqual([
    "https://urlid.lambda-url.us-west-2.on.aws//evil.example/a",
    "https://urlid.lambda-url.us-west-2.on.aws/a%3Fb%23c?d",
  ]);
});

test("a body in the shape of a queue's event is a body", async () => {
  const run = vi.fn();
  const body = JSON.stringify({ Records: [{ eventSource: "aws:sqs", body: "{}" }] });
  const answer = await ask(asking("POST", { body }), async (request) => {
    onQueueMessage("*", run);
    return new Response(await request.text());
  });
  expect(answer.body).toBe(body);
  expect(run).not.toHaveBeenCalled();
});

test("what has no type is not called JSON by Lambda, and an empty answer has none", async () => {
  const bytes = await ask(asking("GET"), () => new Response(Uint8Array.of(0xff)));
  expect(bytes).toMatchObject({
    headers: { "content-type": "application/octet-stream" },
    body: "/w==",
    isBase64Encoded: true,
  });
  const empty = await ask(asking("GET"), () => new Response(null, { status: 204 }));
  expect(empty).toEqual({
    ...{ statusCode: 204, headers: {}, cookies: [], body: "", isBase64Encoded: false },
  });
});

test("a header that Lambda has read as text is bytes again", async () => {
  const headers = { latin: "é", name: "日本" };
  const answer = await ask(asking("GET", { headers }), (request) => {
    const bytes = Buffer.from(request.headers.get("name") ?? "", "latin1");
    return new Response(`${request.headers.get("latin")} ${bytes.toString()}`);
  });
  expect(answer.body).toBe("é 日本");
});

test("TRACE, which the web has no request for, is 405", async () => {
  expect(await ask(asking("TRACE"), () => new Response())).toMatchObject({ statusCode: 405 });
});

test("an answer beyond what Lambda lets through is 500, and said with both sizes", async () => {
  // As text it fits, in base64 it does not.
  const fits = await ask(asking("GET"), () => new Response("x".repeat(6_000_000)));
  expect(fits.statusCode).toBe(200);
  const bytes = new Uint8Array(6_000_000).fill(0xff);
  const answer = await ask(asking("GET"), () => new Response(bytes));
  expect([answer.statusCode, answer.body]).toEqual([500, ""]);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    code: "MESSAGE_TOO_LARGE",
    message: expect.stringMatching(/^the answer would be 8000\d{3} bytes; Lambda lets 6291556 /),
  });
});
