import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { deployError } from "../src/deploy-errors.ts";
import { GoogleRefusal } from "../src/google-refusal.ts";

const refusal = (http: number, status: string | undefined, message: string, details = {}) =>
  new GoogleRefusal(
    http,
    { message, details: [details], ...(status === undefined ? {} : { status }) },
    "pubsub",
  );
const system = (code: string) => Object.assign(new Error(code), { code });

test.each([
  [refusal(400, "INVALID_ARGUMENT", "no"), "PLATFORM_REFUSED", false],
  [refusal(400, "INVALID_ARGUMENT", "Service account a@b does not exist."), "NOT_READY", true],
  [
    refusal(400, "FAILED_PRECONDITION", "users do not belong to a permitted customer"),
    "PLATFORM_REFUSED",
    false,
  ],
  [refusal(401, "UNAUTHENTICATED", "who?"), "CREDENTIALS_EXPIRED", false],
  [refusal(403, "PERMISSION_DENIED", "no"), "PERMISSION_DENIED", false],
  [refusal(404, "NOT_FOUND", "no topic"), "NOT_READY", true],
  [refusal(409, "ALREADY_EXISTS", "there"), "NAME_TAKEN", true],
  [refusal(409, "ABORTED", "There were concurrent policy changes."), "NOT_READY", true],
  [refusal(409, "ABORTED", "unable to queue the operation"), "NOT_READY", true],
  [refusal(412, undefined, "conditionNotMet"), "NOT_READY", true],
  [refusal(429, "RESOURCE_EXHAUSTED", "Quota exceeded per minute"), "THROTTLED", true],
  [
    refusal(429, "RESOURCE_EXHAUSTED", "Maximum number of service accounts on project reached."),
    "QUOTA_REACHED",
    false,
  ],
  [refusal(503, "UNAVAILABLE", "later"), "SERVICE_UNAVAILABLE", true],
  [refusal(502, undefined, "a proxy"), "SERVICE_UNAVAILABLE", true],
  [new Error("invalid_grant"), "CREDENTIALS_EXPIRED", false],
  [new Error("Could not load the default credentials."), "CREDENTIALS_MISSING", false],
  [
    Object.assign(new TypeError("fetch failed"), { cause: system("ECONNREFUSED") }),
    "SERVICE_UNAVAILABLE",
    true,
  ],
  [
    Object.assign(new TypeError("fetch failed"), { cause: system("UND_ERR_CONNECT_TIMEOUT") }),
    "SERVICE_UNAVAILABLE",
    true,
  ],
  [Object.assign(new Error("no token"), { status: 503 }), "SERVICE_UNAVAILABLE", true],
  [new TypeError("x is not a function"), "PLATFORM_REFUSED", false],
  [new DOMException("stopped", "AbortError"), "ABORTED", false],
  [new DOMException("late", "TimeoutError"), "SERVICE_UNAVAILABLE", true],
])("%s is %s", (thrown, code, retryable) => {
  const error = deployError(thrown, 'creating pubsub-topic "tasks"');
  expect(error).toMatchObject({ code, retryable, cause: thrown });
  expect(error.message).toMatch(/^creating pubsub-topic "tasks" failed: /);
});

test("an API that is not enabled is named with the command that enables it", () => {
  const details = { reason: "SERVICE_DISABLED", metadata: { service: "run.googleapis.com" } };
  expect(deployError(refusal(403, "PERMISSION_DENIED", "off", details), "x").fix).toContain(
    "gcloud services enable run.googleapis.com",
  );
});

test("Google's own pause is kept, and ours go through as they are", () => {
  const thrown = refusal(429, "RESOURCE_EXHAUSTED", "slow", { retryDelay: "3.5s" });
  expect(deployError(thrown, "x").details).toMatchObject({ retryAfterMs: 3_500 });
  const own = new AlienError("NOT_READY", "wait");
  expect(deployError(own, "x")).toBe(own);
});
