import { AlienError } from "@alienplatform/core";
import { createHttpHeaders, RestError } from "@azure/core-rest-pipeline";
import { expect, test } from "vitest";
import { deployError } from "../src/deploy-errors.ts";

const refusal = (statusCode: number, code: string | undefined, message = "no") =>
  new RestError(message, { statusCode, ...(code === undefined ? {} : { code }) });
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

test.each([
  [refusal(401, "ExpiredAuthenticationToken"), "CREDENTIALS_EXPIRED", false],
  [refusal(401, "InvalidAuthenticationToken"), "CREDENTIALS_MISSING", false],
  [refusal(401, undefined), "CREDENTIALS_MISSING", false],
  [named("CredentialUnavailableError", "no identity"), "CREDENTIALS_MISSING", false],
  [named("AuthenticationError", "AADSTS700082: the token is old"), "CREDENTIALS_EXPIRED", false],
  [named("CredentialUnavailableError", "Please run 'az login'"), "CREDENTIALS_EXPIRED", false],
  [refusal(404, "SubscriptionNotFound"), "CREDENTIALS_MISSING", false],
  [refusal(401, "InvalidAuthenticationTokenTenant"), "CREDENTIALS_MISSING", false],
  [refusal(400, "LocationNotAvailableForResourceType"), "REGION_INVALID", false],
  [refusal(409, "InvalidResourceLocation"), "REGION_INVALID", false],
  [refusal(409, "MissingSubscriptionRegistration"), "PLATFORM_REFUSED", false],
  [refusal(403, "AuthorizationFailed"), "PERMISSION_DENIED", false],
  [refusal(403, undefined), "PERMISSION_DENIED", false],
  [refusal(429, "SubscriptionRequestsThrottled"), "THROTTLED", true],
  [refusal(429, undefined), "THROTTLED", true],
  [refusal(409, "OperationNotAllowed"), "QUOTA_REACHED", false],
  [refusal(400, "BadRequest", "it exceeds the limit of 5 namespaces"), "QUOTA_REACHED", false],
  [refusal(400, "RoleAssignmentLimitExceeded"), "QUOTA_REACHED", false],
  [refusal(409, "StorageAccountAlreadyExists"), "NAME_TAKEN", true],
  [refusal(409, "StorageAccountAlreadyTaken"), "NAME_TAKEN", false],
  [refusal(400, "NamespaceUnavailable"), "NAME_TAKEN", false],
  [refusal(409, "VaultAlreadyExists"), "NAME_TAKEN", false],
  [refusal(409, "RoleAssignmentExists"), "NAME_TAKEN", false],
  [refusal(400, "PrincipalNotFound"), "NOT_READY", true],
  [refusal(409, "TableBeingDeleted"), "NOT_READY", true],
  [refusal(409, "AnotherOperationInProgress"), "NOT_READY", true],
  [refusal(404, "ResourceGroupNotFound"), "NOT_READY", true],
  [refusal(409, undefined), "NOT_READY", true],
  [refusal(412, undefined), "NOT_READY", true],
  [refusal(500, "InternalServerError"), "SERVICE_UNAVAILABLE", true],
  [refusal(502, undefined, "a proxy's page"), "SERVICE_UNAVAILABLE", true],
  [refusal(408, undefined), "SERVICE_UNAVAILABLE", true],
  [new RestError("read ECONNRESET", { code: "ECONNRESET" }), "SERVICE_UNAVAILABLE", true],
  [new RestError("getaddrinfo", { code: "ENOTFOUND" }), "SERVICE_UNAVAILABLE", true],
  [new RestError("half of it", { code: "PARSE_ERROR" }), "SERVICE_UNAVAILABLE", true],
  [refusal(400, "BadRequest", "SubCode=40000"), "PLATFORM_REFUSED", false],
  [new TypeError("x is not a function"), "PLATFORM_REFUSED", false],
  [new DOMException("stopped", "AbortError"), "ABORTED", false],
])("%s is %s", (thrown, code, retryable) => {
  const error = deployError(thrown, 'creating servicebus-queue "tasks"');
  expect(error).toMatchObject({ code, retryable, cause: thrown });
  expect(error.message).toMatch(/^creating servicebus-queue "tasks" failed: /);
  expect(error.fix).toMatch(/\S{3,}.*[.:]/);
});

test("what is forbidden says the line that allows it, and who asked", () => {
  const text =
    "The client 'ann' with object id '1' does not have authorization to perform action 'Microsoft.Web/sites/write' over scope '/subscriptions/2' or the scope is invalid.";
  const error = deployError(refusal(403, "AuthorizationFailed", text), "x");
  expect(error.fix).toContain("a role that has Microsoft.Web/sites/write to ann");
  expect(error.fix).toContain(
    "az role assignment create --assignee ann --role <role> --scope /subscriptions/2",
  );
  expect(error.details).toMatchObject({
    identity: "ann",
    action: "Microsoft.Web/sites/write",
    resource: "/subscriptions/2",
  });
});

test("Azure's own pause is kept, and ours go through as they are", () => {
  const thrown = Object.assign(refusal(429, "TooManyRequests"), {
    response: { status: 429, headers: createHttpHeaders({ "retry-after": "7" }) },
  });
  expect(deployError(thrown, "x").details).toMatchObject({ retryAfterMs: 7_000 });
  const own = new AlienError("NOT_READY", "wait");
  expect(deployError(own, "x")).toBe(own);
});
