/** The action that a request of Lambda's REST is, and what its path names. */
export interface LambdaRoute {
  readonly action: string;
  readonly subject: string;
}

/** By the path without its version. https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html */
const ROUTES: readonly (readonly [string, RegExp, string])[] = [
  ["POST", /^functions\/?$/, "CreateFunction"],
  ["GET", /^functions\/?$/, "ListFunctions"],
  ["GET", /^functions\/([^/]+)$/, "GetFunction"],
  ["DELETE", /^functions\/([^/]+)$/, "DeleteFunction"],
  ["GET", /^functions\/([^/]+)\/configuration$/, "GetFunctionConfiguration"],
  ["PUT", /^functions\/([^/]+)\/configuration$/, "UpdateFunctionConfiguration"],
  ["PUT", /^functions\/([^/]+)\/code$/, "UpdateFunctionCode"],
  ["POST", /^functions\/([^/]+)\/invocations$/, "Invoke"],
  ["POST", /^functions\/([^/]+)\/policy$/, "AddPermission"],
  ["GET", /^functions\/([^/]+)\/policy$/, "GetPolicy"],
  ["DELETE", /^functions\/([^/]+)\/policy\/[^/]+$/, "RemovePermission"],
  ["PUT", /^functions\/([^/]+)\/concurrency$/, "PutFunctionConcurrency"],
  ["GET", /^functions\/([^/]+)\/concurrency$/, "GetFunctionConcurrency"],
  ["DELETE", /^functions\/([^/]+)\/concurrency$/, "DeleteFunctionConcurrency"],
  ["POST", /^functions\/([^/]+)\/url$/, "CreateFunctionUrlConfig"],
  ["GET", /^functions\/([^/]+)\/url$/, "GetFunctionUrlConfig"],
  ["PUT", /^functions\/([^/]+)\/url$/, "UpdateFunctionUrlConfig"],
  ["DELETE", /^functions\/([^/]+)\/url$/, "DeleteFunctionUrlConfig"],
  ["POST", /^event-source-mappings\/?$/, "CreateEventSourceMapping"],
  ["GET", /^event-source-mappings\/?$/, "ListEventSourceMappings"],
  ["GET", /^event-source-mappings\/([^/]+)$/, "GetEventSourceMapping"],
  ["PUT", /^event-source-mappings\/([^/]+)$/, "UpdateEventSourceMapping"],
  ["DELETE", /^event-source-mappings\/([^/]+)$/, "DeleteEventSourceMapping"],
  ["POST", /^tags\/(.+)$/, "TagResource"],
  ["GET", /^tags\/(.+)$/, "ListTags"],
  ["DELETE", /^tags\/(.+)$/, "UntagResource"],
];

/** Undefined for what deploy does not call. */
export function lambdaRoute(method: string, path: string): LambdaRoute | undefined {
  const [, rest = ""] = /^\/\d{4}-\d\d-\d\d\/([^?]*)/.exec(path) ?? [];
  for (const [verb, pattern, action] of ROUTES) {
    const match = verb === method ? pattern.exec(rest) : null;
    if (match !== null)
      return { action, subject: functionName(decodeURIComponent(match[1] ?? "")) };
  }
  return undefined;
}

/** The name of what may be an ARN of a function; anything else as it is. */
export function functionName(given: string): string {
  return /(?:^|:)function:([^:]+)/.exec(given)?.[1] ?? given;
}
