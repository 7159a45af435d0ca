import { defaultOptions } from "@alienplatform/bindings/conformance";
import { expect, onTestFinished, test, vi } from "vitest";
import { ServiceBusQueueDriver } from "../src/queue/driver.ts";
import { openPlainWorld, textOf } from "./plain-world.ts";
import { bindingOf } from "./wire-world.ts";

test("a message that has come waits 50 ms for others, not for all the time there is", async () => {
  const { server, clock, driver: sender } = await openPlainWorld();
  await sender.send([textOf("hello", clock.now())]);
  const binding = bindingOf(server, "tasks", defaultOptions);
  const driver = new ServiceBusQueueDriver(binding, clock, { glanceMs: 60_000 });
  onTestFinished(() => driver.close());
  const receiver = await driver.open({ credit: 10, leaseMs: defaultOptions.leaseMs });
  const timers = vi.spyOn(globalThis, "setTimeout");
  onTestFinished(() => timers.mockRestore());
  expect(await receiver.take(10, 0)).toHaveLength(1);
  const waits = timers.mock.calls.map(([, ms]) => ms);
  expect(waits).toContain(50);
  // Of the SDK: https://github.com/Azure/azure-sdk-for-js/blob/main/sdk/servicebus/service-bus/src/receivers/receiver.ts
  expect(waits).not.toContain(1_000);
});
