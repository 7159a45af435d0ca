import { describe, expect, it } from "vitest";
import { translate } from "../src/errors.ts";

describe("what the SDK throws", () => {
  it.each([
    "Unknown error encountered",
    "Unknown error occurred on the AMQP connection",
    "connect ECONNREFUSED 127.0.0.1:5672",
    "read ECONNRESET",
  ])("is a passing reason where a connection was cut: %s", (message) => {
    const error = translate(new Error(message), "tasks");
    expect(error).toMatchObject({ code: "SERVICE_UNAVAILABLE", retryable: true });
    expect(error.fix).toBeTruthy();
  });

  it("is none where nobody knows it", () => {
    expect(translate(new Error("it is Tuesday"), "tasks").retryable).toBe(false);
  });
});
