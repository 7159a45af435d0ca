import { expect, test } from "vitest";
import { DynamoFault } from "../../src/table/dynamo-client.ts";
import { tableError } from "../../src/table/table-errors.ts";

const type = (name: string) => ({ __type: `com.amazonaws.dynamodb.v20120810#${name}` });

test.each([
  [type("ThrottlingException"), 400, "THROTTLED", true],
  [type("ProvisionedThroughputExceededException"), 400, "THROTTLED", true],
  [type("RequestLimitExceeded"), 400, "THROTTLED", true],
  [type("InternalServerError"), 500, "SERVICE_UNAVAILABLE", true],
  [type("Unheard"), 503, "SERVICE_UNAVAILABLE", true],
  [type("AccessDeniedException"), 400, "PERMISSION_DENIED", false],
  [
    { __type: "com.amazon.coral.service#UnrecognizedClientException" },
    400,
    "PERMISSION_DENIED",
    false,
  ],
  [type("ResourceNotFoundException"), 400, "UNKNOWN_TABLE", false],
  [type("ValidationException"), 400, "DRIVER_FAILED", false],
  [undefined, 429, "THROTTLED", true],
])("what DynamoDB answers has its meaning (%#)", (answer, status, code, retryable) => {
  const error = tableError("GetItem", new DynamoFault(answer, status));
  expect(error).toMatchObject({ code, retryable });
});

test("an error says what DynamoDB said, whichever way it writes it", () => {
  const said = "User: x is not authorized to perform: dynamodb:GetItem";
  for (const answer of [{ message: said }, { Message: said }]) {
    const fault = new DynamoFault({ ...type("AccessDeniedException"), ...answer }, 400);
    expect(tableError('GetItem on table "t"', fault).message).toBe(
      `GetItem on table "t" failed: AccessDeniedException: ${said}`,
    );
  }
});

test("a page of a proxy may be something else later", () => {
  const thrown = (() => {
    try {
      return JSON.parse("<html>");
    } catch (error) {
      return error;
    }
  })();
  expect(tableError("GetItem", thrown)).toMatchObject({
    code: "SERVICE_UNAVAILABLE",
    retryable: true,
  });
});
