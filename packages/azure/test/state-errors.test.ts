import { AuthenticationError, CredentialUnavailableError } from "@azure/identity";
import { RestError } from "@azure/storage-blob";
import { expect, it } from "vitest";
import { stateError } from "../src/state-errors.ts";

const place = {
  url: "azblob://alien/x",
  endpoint: "",
  account: "states1",
  container: "alien",
  blob: "x",
};
const signal = new AbortController().signal;

it.each([
  [403, "AuthenticationFailed", "CREDENTIALS_MISSING", false],
  [403, "AuthorizationPermissionMismatch", "PERMISSION_DENIED", false],
  [409, "ContainerBeingDeleted", "NOT_READY", true],
  [503, "ServerBusy", "THROTTLED", true],
  [500, "OperationTimedOut", "SERVICE_UNAVAILABLE", true],
  [400, "InvalidResourceName", "PLATFORM_REFUSED", false],
])("takes %i %s for what it is", (statusCode, code, expected, retryable) => {
  const thrown = new RestError("What it says.\nRequestId:1", { code, statusCode });
  expect(stateError(thrown, "reading", place, signal)).toMatchObject({
    code: expected,
    retryable,
    message: `reading failed: ${code}: What it says.`,
  });
});

it.each([
  new CredentialUnavailableError("Please run az login."),
  new AuthenticationError(400, { error: "invalid_client", error_description: "no such client" }),
])("takes $name for credentials that are not there", (thrown) => {
  expect(stateError(thrown, "reading", place, signal)).toMatchObject({
    code: "CREDENTIALS_MISSING",
    fix: expect.stringContaining("az login"),
  });
});
