import { expect, test } from "vitest";
import { SchedulerFault } from "../../src/schedule/scheduler-client.ts";
import { schedulerError } from "../../src/schedule/scheduler-errors.ts";

const typed = (name: string) => ({ "x-amzn-errortype": `${name}:http://internal.amazon.com/` });

test.each([
  [typed("ThrottlingException"), 429, "THROTTLED", true],
  [typed("ServiceQuotaExceededException"), 402, "QUOTA_REACHED", false],
  [typed("AccessDeniedException"), 403, "PERMISSION_DENIED", false],
  [typed("ConflictException"), 409, "NOT_READY", true],
  [typed("ResourceNotFoundException"), 404, "UNKNOWN_QUEUE", false],
  [typed("ValidationException"), 400, "DRIVER_FAILED", false],
  [typed("InternalServerException"), 500, "SERVICE_UNAVAILABLE", true],
  [typed("UnrecognizedClientException"), 403, "PERMISSION_DENIED", false],
  [typed("Unheard"), 503, "SERVICE_UNAVAILABLE", true],
  [{}, 429, "THROTTLED", true],
  [{}, 418, "DRIVER_FAILED", false],
])("what Scheduler answers has its meaning (%#)", (headers, status, code, retryable) => {
  const error = schedulerError("send", "delaying", new SchedulerFault(status, headers, "<html>"));
  expect(error).toMatchObject({ code, retryable, fix: expect.any(String) });
});

test("an error says what Scheduler said, whichever way it writes it", () => {
  const said = "User: x is not authorized to perform: scheduler:CreateSchedule";
  for (const fault of [
    new SchedulerFault(403, typed("AccessDeniedException"), JSON.stringify({ Message: said })),
    new SchedulerFault(
      403,
      {},
      JSON.stringify({ __type: "a#AccessDeniedException", message: said }),
    ),
  ]) {
    expect(schedulerError("send", 'delaying a message for queue "t"', fault).message).toBe(
      `delaying a message for queue "t" failed: AccessDeniedException: ${said}`,
    );
  }
});

test("a signature out of time is a clock that is wrong", () => {
  const text = JSON.stringify({ message: "Signature expired: 20261122T120000Z is now earlier" });
  const fault = new SchedulerFault(403, typed("InvalidSignatureException"), text);
  expect(schedulerError("send", "delaying", fault)).toMatchObject({
    code: "CLOCK_SKEWED",
    retryable: true,
  });
});

test("a role that was made seconds ago is one that passes", () => {
  const message =
    "The execution role you provide must allow AWS EventBridge Scheduler to assume the role.";
  const text = JSON.stringify({ Message: message });
  const fault = new SchedulerFault(400, typed("ValidationException"), text);
  expect(schedulerError("send", "delaying", fault)).toMatchObject({
    code: "NOT_READY",
    retryable: true,
  });
});

test("what is aborted says so, whatever the reason", () => {
  const error = schedulerError(
    "send",
    "delaying",
    new Error("enough"),
    AbortSignal.abort("enough"),
  );
  expect(error).toMatchObject({ code: "ABORTED", message: "delaying failed: it was aborted" });
});

test.each([
  ["send", ["scheduler:CreateSchedule", "iam:PassRole"]],
  ["operate", ["scheduler:ListSchedules", "scheduler:DeleteSchedule"]],
] as const)("a refusal names the rights of who wants to %s, and no others", (work, rights) => {
  const fault = new SchedulerFault(403, typed("AccessDeniedException"), "{}");
  const { fix = "" } = schedulerError(work, "asking", fault);
  expect(fix.match(/\b(scheduler|iam):\w+/g)).toEqual(rights);
});

test("who counts or purges is not told to send less, or later", () => {
  for (const name of ["ThrottlingException", "ConflictException", "ValidationException"]) {
    const { fix = "" } = schedulerError(
      "operate",
      "asking",
      new SchedulerFault(400, typed(name), ""),
    );
    expect(fix).not.toMatch(/\b(send|CreateSchedule|clock)\b/i);
  }
});
