import { AlienError, type ErrorCode } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import { deployError } from "../src/deploy-errors.ts";

/** What a client of the SDK throws. */
function thrown(name: string, message = "", status = 400): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: status } });
}

const translated = (name: string, message?: string, status?: number) =>
  deployError(thrown(name, message, status), "making the queue shop-dev-tasks");

describe("an error of AWS", () => {
  const NOT = false;
  const AGAIN = true;
  const table: readonly (readonly [string, string, ErrorCode, boolean])[] = [
    [
      "ExpiredToken",
      "The security token included in the request is expired",
      "CREDENTIALS_EXPIRED",
      NOT,
    ],
    [
      "ExpiredTokenException",
      "The security token included in the request is expired",
      "CREDENTIALS_EXPIRED",
      NOT,
    ],
    [
      "CredentialsProviderError",
      "The SSO session associated with this profile has expired. To refresh this SSO session run aws sso login with the corresponding profile.",
      "CREDENTIALS_EXPIRED",
      NOT,
    ],
    [
      "TokenProviderError",
      "Token is expired. To refresh this SSO session run 'aws sso login' with the corresponding profile.",
      "CREDENTIALS_EXPIRED",
      NOT,
    ],
    [
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
      "CLOCK_SKEWED",
      AGAIN,
    ],
    [
      "InvalidSignatureException",
      "Signature expired: 20261122T120000Z is now earlier than 20261122T125500Z (20261122T130000Z - 5 min.)",
      "CLOCK_SKEWED",
      AGAIN,
    ],
    [
      "SignatureDoesNotMatch",
      "Signature not yet current: 20261122T140000Z is still later than 20261122T130500Z",
      "CLOCK_SKEWED",
      AGAIN,
    ],
    [
      "CredentialsProviderError",
      "Could not load credentials from any providers",
      "CREDENTIALS_MISSING",
      NOT,
    ],
    [
      "InvalidClientTokenId",
      "The security token included in the request is invalid",
      "CREDENTIALS_MISSING",
      NOT,
    ],
    [
      "UnrecognizedClientException",
      "The security token included in the request is invalid.",
      "CREDENTIALS_MISSING",
      NOT,
    ],
    [
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match",
      "CREDENTIALS_MISSING",
      NOT,
    ],
    ["Error", "Region is missing", "REGION_INVALID", NOT],
    [
      "Error",
      'Region not accepted: region="eu central" is not a valid hostname component.',
      "REGION_INVALID",
      NOT,
    ],
    ["OptInRequired", "", "REGION_INVALID", NOT],
    ["TooManyRequestsException", "Rate Exceeded", "THROTTLED", AGAIN],
    ["Throttling", "Rate exceeded", "THROTTLED", AGAIN],
    ["RequestThrottled", "", "THROTTLED", AGAIN],
    ["KMSThrottlingException", "Lambda was throttled by KMS", "THROTTLED", AGAIN],
    ["RequestTimeout", "Your socket connection was idle.", "SERVICE_UNAVAILABLE", AGAIN],
    ["SlowDown", "Please reduce your request rate.", "THROTTLED", AGAIN],
    ["CodeStorageExceededException", "Code storage limit exceeded.", "QUOTA_REACHED", NOT],
    [
      "LimitExceededException",
      "Cannot exceed quota for RolesPerAccount: 1000",
      "QUOTA_REACHED",
      NOT,
    ],
    ["ParameterLimitExceeded", "", "QUOTA_REACHED", NOT],
    [
      "InvalidParameterValueException",
      "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].",
      "QUOTA_REACHED",
      NOT,
    ],
    [
      "EntityAlreadyExistsException",
      "Role with name shop-dev-worker already exists.",
      "NAME_TAKEN",
      AGAIN,
    ],
    [
      "QueueNameExists",
      "A queue already exists with the same name and a different value for attribute VisibilityTimeout",
      "NAME_TAKEN",
      AGAIN,
    ],
    [
      "ResourceConflictException",
      "The operation cannot be performed at this time. An update is in progress for resource: arn:aws:lambda:eu-central-1:123456789012:function:worker",
      "NOT_READY",
      AGAIN,
    ],
    [
      "InvalidParameterValueException",
      "The role defined for the function cannot be assumed by Lambda.",
      "NOT_READY",
      AGAIN,
    ],
    [
      "InvalidParameterValueException",
      "The function execution role does not have permissions to call ReceiveMessage on SQS",
      "NOT_READY",
      AGAIN,
    ],
    [
      "InvalidParameterValueException",
      "Queue visibility timeout: 30 seconds is less than Function timeout: 300 seconds",
      "NOT_READY",
      AGAIN,
    ],
    [
      "ResourceInUseException",
      "Cannot update the event source mapping because it is in use.",
      "NOT_READY",
      AGAIN,
    ],
    ["InternalFailure", "", "SERVICE_UNAVAILABLE", AGAIN],
    ["ECONNRESET", "read ECONNRESET", "SERVICE_UNAVAILABLE", AGAIN],
    ["AbortError", "Request aborted", "ABORTED", NOT],
    ["InvalidParameterValueException", "Unsupported runtime", "PLATFORM_REFUSED", NOT],
  ];

  it.each(table)("%s, %s, is %s", (name, message, code, retryable) => {
    const error = translated(name, message);
    expect(error).toMatchObject({ code, retryable, details: { service: "AWS", error: name } });
    expect(error.message).toContain("making the queue shop-dev-tasks failed: ");
    expect(error.fix).toMatch(/\w/);
  });

  it("without a name that is known goes by its status", () => {
    expect(translated("SyntaxError", "Unexpected token '<'", 502).code).toBe("SERVICE_UNAVAILABLE");
    expect(translated("Whatever", "", 503)).toMatchObject({ retryable: true });
    expect(translated("Whatever", "", 429).code).toBe("THROTTLED");
  });

  it("of a queue's name that rests says for how long", () => {
    expect(translated("QueueDeletedRecently")).toMatchObject({
      code: "NOT_READY",
      retryable: true,
      details: { retryAfterMs: 60_000 },
    });
  });

  it("of ours stays as it is", () => {
    const ours = new AlienError("NOT_READY", "wait");
    expect(deployError(ours, "making")).toBe(ours);
  });
});

describe("a refused permission", () => {
  const who = "arn:aws:sts::123456789012:assumed-role/ci/session";

  it("names who, the action, the resource, and the statement to add", () => {
    const error = translated(
      "AccessDeniedException",
      `User: ${who} is not authorized to perform: lambda:CreateFunction on resource: arn:aws:lambda:eu-central-1:123456789012:function:worker because no identity-based policy allows the lambda:CreateFunction action`,
      403,
    );
    expect(error).toMatchObject({
      code: "PERMISSION_DENIED",
      retryable: false,
      details: { identity: who, action: "lambda:CreateFunction" },
    });
    expect(error.fix).toBe(
      `Add to a policy of ${who}: {"Effect":"Allow","Action":"lambda:CreateFunction","Resource":"arn:aws:lambda:eu-central-1:123456789012:function:worker"}`,
    );
  });

  it("is understood without a resource, in quotes, and with more text behind it", () => {
    expect(
      translated("AccessDenied", `User: ${who} is not authorized to perform: sqs:ListQueues`).fix,
    ).toContain('"Action":"sqs:ListQueues","Resource":"*"');
    expect(
      translated(
        "AccessDenied",
        `User: ${who} is not authorized to perform: iam:PassRole on resource: "arn:aws:iam::1:role/r" because no identity-based policy allows the iam:PassRole action. Go to https://example.com`,
      ).details,
    ).toMatchObject({ action: "iam:PassRole", resource: "arn:aws:iam::1:role/r" });
  });

  it.each([
    [
      "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/p",
      "service control policy",
    ],
    ["because no permissions boundary allows the iam:CreateRole action", "permissions boundary"],
  ])("%s asks who keeps that", (reason, keeper) => {
    const text = `User: ${who} is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::1:role/r ${reason}`;
    expect(translated("AccessDenied", text).fix).toBe(
      `Ask who keeps the ${keeper} of ${who} to allow iam:CreateRole: it goes before all other policies.`,
    );
  });

  it("in a page that is not AWS's own is one, too", () => {
    const error = translated("SyntaxError", "Unexpected token '<'", 403);
    expect(error).toMatchObject({ code: "PERMISSION_DENIED", retryable: false });
  });
});
