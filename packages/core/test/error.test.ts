import { expect, it } from "vitest";
import { AlienError } from "../src/error.ts";

it("an error written as JSON keeps its message, and never its cause", () => {
  const error = new AlienError("PAYLOAD_REFUSED", "the schema refused the payload", {
    fix: "Send what the schema accepts.",
    details: { queue: "tasks" },
    cause: new Error("a secret"),
  });
  expect(JSON.parse(JSON.stringify({ ok: false, error }))).toEqual({
    ok: false,
    error: {
      name: "AlienError",
      code: "PAYLOAD_REFUSED",
      message: "the schema refused the payload",
      fix: "Send what the schema accepts.",
      retryable: false,
      details: { queue: "tasks" },
    },
  });
});
