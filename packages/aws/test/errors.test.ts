import type { ErrorCode } from "@alienplatform/core";
import { expect, test } from "vitest";
import { toAlienError } from "../src/errors.ts";

test.each<readonly [string, string, ErrorCode, boolean]>([
  [
    "SignatureDoesNotMatch",
    "Signature expired: 20261122T120000Z is now earlier than 20261122T125500Z (20261122T130000Z - 5 min.)",
    "CLOCK_SKEWED",
    true,
  ],
  [
    "InvalidSignatureException",
    "Signature not yet current: 20261122T140000Z is still later than 20261122T130500Z",
    "CLOCK_SKEWED",
    true,
  ],
  ["RequestTimeTooSkewed", "", "CLOCK_SKEWED", true],
  [
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided.",
    "PERMISSION_DENIED",
    false,
  ],
  ["KMSThrottlingException", "", "THROTTLED", true],
  ["RequestTimeout", "", "SERVICE_UNAVAILABLE", true],
])("%s (%s) is %s", (name, message, code, retryable) => {
  const error = toAlienError("sending to queue tasks", { name, message });
  expect(error).toMatchObject({ code, retryable });
});
