import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { SqsQueueDriver } from "../src/queue/driver.ts";
import { sqsQueueOf } from "../src/queue/sqs-queue.ts";
import { entryByEntry, openWire } from "./wire/open-wire.ts";

const message = { id: "1", body: "a", headers: { kind: "text" }, sentAt: 0 } as const;

test("SQS is where the queue's URL says, whatever the region, and nothing is printed about that", async () => {
  const { wire, driver } = await openWire();
  wire.reply = entryByEntry(() => undefined);
  expect(await driver.send([message])).toMatchObject([{ ok: true }]);
});

test("an endpoint of the address goes before the URL", async () => {
  const { wire, clock, binding } = await openWire();
  wire.reply = entryByEntry(() => undefined);
  const url = "https://sqs.eu-west-1.amazonaws.com/123456789012/tasks";
  const address = { ...binding.address, url, deadLetterUrl: `${url}-dead`, endpoint: wire.origin };
  const driver = new SqsQueueDriver(sqsQueueOf({ ...binding, address }), clock);
  onTestFinished(() => driver.close());
  expect(await driver.send([message])).toMatchObject([{ ok: true }]);
  expect(wire.calls[0]?.input.QueueUrl).toBe(url);
});

test("the SDK builds its stack of middleware once for a kind of request, not for each", async () => {
  const { wire, driver, queue } = await openWire();
  wire.reply = entryByEntry(() => undefined);
  let built = 0;
  queue.clients.calls.middlewareStack.add((next) => {
    built++;
    return next;
  });
  for (let call = 0; call < 3; call++) await driver.send([message]);
  expect(wire.calls).toHaveLength(3);
  expect(built).toBe(1);
});

test("without credentials it is said how to give them", async () => {
  const { driver, wire } = await openWire();
  const home = await mkdtemp(join(tmpdir(), "alien-aws-"));
  onTestFinished(() => rm(home, { recursive: true }));
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"]) {
    vi.stubEnv(name, undefined);
  }
  vi.stubEnv("HOME", home);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(home, "credentials"));
  vi.stubEnv("AWS_CONFIG_FILE", join(home, "config"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
  const [result] = await driver.send([message]);
  expect(result).toMatchObject({
    ok: false,
    error: {
      code: "PERMISSION_DENIED",
      retryable: false,
      fix: expect.stringContaining("AWS_PROFILE"),
    },
  });
  expect(wire.calls).toEqual([]);
});
