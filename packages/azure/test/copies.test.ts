import { QueueClient, VirtualClock } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { expect, onTestFinished, test } from "vitest";
import { ServiceBusQueueDriver } from "../src/queue/driver.ts";
import { ServiceBusQueueOperator } from "../src/queue/operator.ts";
import { AmqpFailure } from "./wire/encoding.ts";
import { rest } from "./wire/rest.ts";
import { WireServer } from "./wire/server.ts";
import { bindingOf, windingClock } from "./wire-world.ts";

const HOUR_MS = 3_600_000;

/** A queue whose duplicates are detected, as is its right, and a client of it. */
async function world(duplicatesMs: number) {
  const virtual = new VirtualClock();
  const server = new WireServer(virtual);
  await server.listen();
  const clock = windingClock(virtual, server);
  const options = { ...defaultOptions, maxAttempts: 2 };
  const common = { lockMs: options.leaseMs, maxDeliveryCount: 2_000, duplicatesMs };
  const dead = server.createQueue("tasks-dead", common);
  const queue = server.createQueue("tasks", { ...common, forwardDeadTo: "tasks-dead" });
  const binding = bindingOf(server, "tasks", options);
  const network = { glanceMs: 1, pause: () => rest(server) };
  const driver = new ServiceBusQueueDriver(binding, clock, network);
  const operator = new ServiceBusQueueOperator(binding, clock, network);
  const client = new QueueClient(driver, { queue: "tasks", options, clock });
  onTestFinished(async () => {
    await client.close();
    await operator.close();
    await server.close();
  });
  const take = async () => {
    const [message] = await client.receive();
    if (message === undefined) throw new TypeError("nothing was received");
    return message;
  };
  return { clock, queue, dead, client, operator, take };
}

test("no retry is taken for a duplicate, also not that of a redriven message", async () => {
  const { clock, client, operator, take } = await world(HOUR_MS);
  await client.sendText("hello");
  for (const life of ["first", "second"]) {
    const { attempt: first } = await take().then(async (message) => {
      await client.nack(message, { delay: "1s", reason: life });
      return message;
    });
    await clock.advance(2_000);
    const second = await take();
    expect([life, first, second.attempt]).toEqual([life, 1, 2]);
    await client.nack(second, { reason: life });
    expect(await operator.redrive([second.id])).toEqual([{ ok: true, applied: true }]);
  }
  expect((await take()).payload).toBe("hello");
});

test("what a death tells leaves room for what the message carries", async () => {
  const { client, operator, take, dead } = await world(0);
  const filler = "x".repeat(32 * 1_024 - 200);
  await client.sendText("hello", { attributes: { filler } });
  const message = await take();
  await client.deadLetter(message, "no such account");
  const property = String(dead.entries[0]?.message.application_properties?.alien);
  expect(property.length).toBeLessThanOrEqual(32 * 1_024);
  expect(await operator.deadLetter(message.id)).toMatchObject({
    headers: { attributes: { filler } },
    error: { code: "HANDLER_FAILED", message: "no such account" },
  });
});

test("a retry whose removal had to be repeated comes back once", async () => {
  const { clock, queue, client, take } = await world(0);
  await client.sendText("hello");
  const message = await take();
  queue.refuseNext(new AmqpFailure("com.microsoft:server-busy", "try again"));
  const settling = client.nack(message, { delay: "5s" });
  await clock.advance(20_000);
  await settling;
  expect(await client.receive(10)).toMatchObject([{ id: message.id, attempt: 2 }]);
});
