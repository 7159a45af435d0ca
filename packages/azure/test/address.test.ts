import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { readAddress } from "../src/address.ts";

const whole = {
  namespace: "contoso.servicebus.windows.net",
  queue: "tasks",
  deadQueue: "tasks-dead",
};

function read(address: Readonly<Record<string, unknown>>) {
  // What a deploy or a hand has written may be anything.
  const binding = { version: 1, platform: "azure", queue: "tasks", address } as never;
  return readAddress(binding);
}

test("an address is read with what it must have and what it may have", () => {
  expect(read(whole)).toEqual(whole);
  const more = {
    ...whole,
    maxMessageKilobytes: 1_024,
    connectionStringFrom: "BUS",
    emulator: "127.0.0.1:5672",
  };
  expect(read({ ...more, unknown: true })).toEqual(more);
});

test.each([
  ["namespace", undefined, "is missing"],
  ["queue", undefined, "is missing"],
  ["deadQueue", undefined, "is missing"],
  ["queue", "", "is not text"],
  ["namespace", 7, "is not text"],
  ["emulator", 5672, "is not text"],
  ["connectionStringFrom", null, "is not text"],
  ["maxMessageKilobytes", "256", "is not a number of 1 to 102400"],
  ["maxMessageKilobytes", 0, "is not a number of 1 to 102400"],
  ["maxMessageKilobytes", 1.5, "is not a number of 1 to 102400"],
  ["maxMessageKilobytes", 102_401, "is not a number of 1 to 102400"],
])("an address whose %s is %j is refused by that name", (field, value, problem) => {
  const failure = catching(() => read({ ...whole, [field]: value }));
  expect(failure).toBeInstanceOf(AlienError);
  expect(failure).toMatchObject({ code: "BINDING_INVALID", retryable: false });
  expect(String(failure)).toContain(`whose ${field} ${problem}`);
});

function catching(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
