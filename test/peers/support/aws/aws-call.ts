import type { IncomingHttpHeaders } from "node:http";
import { lambdaRoute } from "./lambda-route.ts";

/** A request as AWS gets it, and what it asks for. */
export interface AwsCall {
  /** Whose it is, by its signature: "sqs"; "" where it has none. */
  readonly service: string;
  /** "CreateQueue"; of S3, which names none, the method: "PUT". */
  readonly action: string;
  readonly region: string;
  /** What the path of a call of Lambda names: a function by its name alone, a mapping by its UUID. */
  readonly subject: string;
  /** The body's fields, of JSON or a form; empty where it is neither. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request without what it means. */
export type AwsRequest = Pick<AwsCall, "method" | "path" | "headers" | "body">;

/** Reads what a request asks for in the protocols that the SDK's clients of deploy speak. */
export function awsCall(request: AwsRequest): AwsCall {
  const { method, path, headers, body } = request;
  // "AWS4-HMAC-SHA256 Credential=AKIA.../20300101/us-east-1/sqs/aws4_request, ..."
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(headers.authorization ?? "");
  const [, region = "", service = ""] = scope ?? [];
  const target = String(headers["x-amz-target"] ?? "");
  const input = fieldsOf(headers["content-type"] ?? "", body);
  const route = service === "lambda" ? lambdaRoute(method, path) : undefined;
  const action = route?.action ?? (target.split(".").at(-1) || String(input.Action ?? method));
  return { ...request, service, region, action, subject: route?.subject ?? "", input };
}

/** The same call with other fields; for JSON alone. */
export function withInput(call: AwsCall, input: AwsCall["input"]): AwsCall {
  return { ...call, input, body: Buffer.from(JSON.stringify(input)) };
}

function fieldsOf(type: string, body: Buffer): Readonly<Record<string, unknown>> {
  if (type.includes("json") && body.length > 0) return JSON.parse(body.toString());
  if (!type.includes("x-www-form-urlencoded")) return {};
  return Object.fromEntries(new URLSearchParams(body.toString()));
}
