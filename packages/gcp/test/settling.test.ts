import { defaultOptions } from "@alienplatform/bindings/conformance";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PubSubQueueDriver } from "../src/queue/driver.ts";
import { pubsubQueueOf } from "../src/queue/pubsub-queue.ts";
import { PubSubAdmin } from "./wire/pubsub-admin.ts";
import { bindingOf } from "./wire/pubsub-world.ts";
import { Refusal } from "./wire/refusal.ts";
import { PubSubServer } from "./wire/server.ts";
import { WireClock } from "./wire/wire-clock.ts";

const clock = new WireClock();
const server = new PubSubServer(clock);
let admin: PubSubAdmin;

beforeAll(async () => {
  clock.serve(server);
  admin = new PubSubAdmin(`http://127.0.0.1:${await server.listen()}`);
});
afterAll(async () => {
  await admin.close();
  server.close();
});

test("a settlement beyond a quota is not taken for done", async () => {
  const address = await admin.make("quota", defaultOptions);
  const driver = new PubSubQueueDriver(
    pubsubQueueOf(bindingOf("tasks", defaultOptions, address)),
    clock,
  );
  await driver.send([{ id: "m1", body: "1", headers: { kind: "json" }, sentAt: clock.now() }]);
  const receiver = await driver.open({ credit: 1, leaseMs: defaultOptions.leaseMs });
  const [delivery] = await receiver.take(1, 0);
  if (delivery === undefined) throw new TypeError("nothing was received");
  const throttled = { ok: false, error: { code: "THROTTLED", retryable: true } };
  server.failNext("ModifyAckDeadline", Refusal.overQuota());
  expect(await receiver.extend([delivery], 60_000)).toMatchObject([throttled]);
  server.failNext("Acknowledge", Refusal.overQuota());
  const ack = { delivery, outcome: { kind: "ack" } } as const;
  expect(await receiver.settle([ack])).toMatchObject([throttled]);
  expect(await receiver.settle([ack])).toMatchObject([{ ok: true }]);
  await driver.close();
});

test("what may be sent can die, however much its attributes and its death tell", async () => {
  const address = await admin.make("attributes", defaultOptions);
  const driver = new PubSubQueueDriver(
    pubsubQueueOf(bindingOf("tasks", defaultOptions, address)),
    clock,
  );
  const send = async (length: number) => {
    const names = Array.from({ length: 10 }, (_, index) => `name-${index}`);
    const attributes = Object.fromEntries(names.map((name) => [name, "x".repeat(length)]));
    const headers = { kind: "json", attributes } as const;
    const message = { id: `m-${length}`, body: "1", headers, sentAt: clock.now() };
    const [sent] = await driver.send([message]);
    return sent;
  };
  expect(await send(10_000)).toMatchObject({ ok: false, error: { code: "MESSAGE_TOO_LARGE" } });
  expect(await send(8_700)).toMatchObject({ ok: true });
  const receiver = await driver.open({ credit: 1, leaseMs: defaultOptions.leaseMs });
  const [delivery] = await receiver.take(1, 0);
  if (delivery === undefined) throw new TypeError("nothing was received");
  // Six characters each in JSON.
  const error = { code: "\u0001".repeat(2_000), message: "\u0001".repeat(2_000) };
  const outcome = { kind: "deadLetter", error } as const;
  expect(await receiver.settle([{ delivery, outcome }])).toMatchObject([{ ok: true }]);
  await driver.close();
});
