import { type Clock, QueueClient, type QueueOptions } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { deadLetter, retry } from "@alienplatform/sdk";
import { afterAll, afterEach, expect, it, onTestFinished } from "vitest";
import { delayedCapabilities, pullCapabilities, pushCapabilities } from "../src/capabilities.ts";
import { readTasksAddress, type TasksAddress } from "../src/delays/tasks-address.ts";
import { PubSubQueueDriver } from "../src/queue/driver.ts";
import { PubSubQueueOperator } from "../src/queue/operator.ts";
import { pubsubQueueOf } from "../src/queue/pubsub-queue.ts";
import { Refused } from "./google/refused.ts";
import { openPushWorld } from "./push/push-world.ts";
import { openTasks } from "./wire/open-tasks.ts";
import { PublishOverHttp } from "./wire/publish-over-http.ts";
import { PubSubAdmin } from "./wire/pubsub-admin.ts";
import { bindingOf } from "./wire/pubsub-world.ts";
import { PubSubServer } from "./wire/server.ts";
import { WireClock } from "./wire/wire-clock.ts";

const clock = new WireClock();
const server = new PubSubServer(clock);
clock.serve(server);
const endpoint = `http://127.0.0.1:${await server.listen()}`;
const admin = new PubSubAdmin(endpoint);
const front = new PublishOverHttp(server);
const http = await front.listen();
const { server: google, address: tasks } = await openTasks(clock);
google.world.askedAt = (url) => url.replace(endpoint, http);
const HOUR_MS = 3_600_000;
let queues = 0;

afterEach(() => {
  google.world.tasks.clear();
  google.world.refusal = () => undefined;
});
afterAll(async () => {
  await admin.close();
  google.close();
  front.close();
  server.close();
});

async function open(given: Partial<QueueOptions> = {}, to: Partial<TasksAddress> = {}) {
  const options = { ...defaultOptions, retentionMs: 7 * 24 * HOUR_MS, ...given };
  const address = await admin.make(`delays-${++queues}`, options);
  const binding = bindingOf("tasks", options, address, { ...tasks, ...to });
  const queue = pubsubQueueOf(binding);
  const driver = new PubSubQueueDriver(queue, clock);
  onTestFinished(async () => {
    await driver.close();
    await admin.remove(address);
  });
  const client = new QueueClient<unknown>(driver, { queue: "tasks", options, clock });
  return { client, driver, queue, address };
}

async function oneOf(client: QueueClient<unknown>) {
  const [message] = await client.receive();
  if (message === undefined) throw new TypeError("nothing was received");
  return message;
}

it("a delayed send is a task of the publish request itself, as the stage's account", async () => {
  const { client, address } = await open();
  front.publishedBy.length = 0;
  const { id } = await client.send({ n: 1 }, { delay: "2d", attributes: { tenant: "acme" } });
  const [task] = [...google.world.tasks.values()];
  expect(task).toMatchObject({
    scheduleTime: new Date(clock.now() + 48 * HOUR_MS).toISOString(),
    httpRequest: {
      url: `${address.endpoint}/v1/projects/alien/topics/${address.topic}:publish`,
      httpMethod: "POST",
      oauthToken: {
        serviceAccountEmail: tasks.serviceAccount,
        scope: "https://www.googleapis.com/auth/pubsub",
      },
    },
  });
  await clock.advance(48 * HOUR_MS - 1_000);
  expect(await client.receive()).toEqual([]);
  await clock.advance(1_000);
  expect(await client.receive()).toMatchObject([
    { id, payload: { n: 1 }, attempt: 1, attributes: { tenant: "acme" } },
  ]);
  expect(front.publishedBy).toEqual([`Bearer ${tasks.serviceAccount}`]);
  expect(google.world.tasks.size).toBe(0);
});

it("of a batch some go at once and some later, one result each in its place", async () => {
  const { client } = await open();
  const results = await client.sendBatch([
    { payload: "a", delay: "1h" },
    { payload: "b" },
    { payload: "x".repeat(900_000), delay: "1h" },
    { payload: "c", delay: "1h" },
  ]);
  expect(results).toMatchObject([
    { ok: true },
    { ok: true },
    {
      ok: false,
      error: {
        code: "MESSAGE_TOO_LARGE",
        details: { limit: 1_000_000, service: "Cloud Tasks" },
        fix: expect.stringMatching(/storage/),
      },
    },
    { ok: true },
  ]);
  const now = await oneOf(client);
  expect(now.payload).toBe("b");
  await client.ack(now);
  await clock.advance(HOUR_MS);
  const later = await client.receive(10);
  expect(later.map(({ payload }) => payload).sort()).toEqual(["a", "c"]);
});

it("a publish that is refused when it is due is tried again", async () => {
  const { client } = await open();
  await client.send({ n: 1 }, { delay: "1h" });
  server.failNext("Publish", 14);
  await clock.advance(HOUR_MS);
  expect(await client.receive()).toEqual([]);
  await clock.advance(1_000);
  expect(await client.receive()).toMatchObject([{ payload: { n: 1 } }]);
});

it("a queue of Cloud Tasks that is not there is told, and nothing is sent", async () => {
  const gone = tasks.queue.replace("delays", "gone");
  const { driver, client } = await open({}, { queue: gone });
  const headers = { kind: "text" } as const;
  const message = { id: "m1", body: "a", headers, sentAt: clock.now(), delayMs: 1_000 };
  expect(await driver.send([message])).toMatchObject([
    {
      ok: false,
      error: {
        code: "NOT_READY",
        retryable: true,
        message: expect.stringMatching(/^delaying a message of queue "tasks" failed: /),
        details: { service: "Cloud Tasks", status: "FAILED_PRECONDITION" },
      },
    },
  ]);
  await clock.advance(2_000);
  expect(await client.receive()).toEqual([]);
});

it("a queue of Cloud Tasks that was idle for 30 days is waited for by a send, and has nothing to count or purge", async () => {
  const { driver, queue } = await open();
  google.world.refusal = (method) =>
    /Task/.test(method) ? new Refused(404, "NOT_FOUND", "Queue does not exist.") : undefined;
  const headers = { kind: "text" } as const;
  const message = { id: "m1", body: "a", headers, sentAt: clock.now(), delayMs: 1_000 };
  const fix = expect.stringMatching(/in a few minutes.* 30 days.*deploy again/);
  expect(await driver.send([message])).toMatchObject([
    { ok: false, error: { code: "NOT_READY", retryable: true, fix } },
  ]);
  expect(await queue.delays?.count()).toBe(0);
  await queue.delays?.purge({ clock, random: () => 0 });
});

it("a retry within ten minutes is the subscription's, a later one a task, with the attempts counted", async () => {
  const { client } = await open();
  const { id } = await client.send({ n: 1 });
  await client.nack(await oneOf(client), { delay: "10m" });
  expect(google.world.tasks.size).toBe(0);
  await clock.advance(601_000);
  const second = await oneOf(client);
  expect(second).toMatchObject({ id, attempt: 2 });
  await client.nack(second, { delay: "3h" });
  expect(google.world.tasks.size).toBe(1);
  await clock.advance(3 * HOUR_MS - 1_000);
  expect(await client.receive()).toEqual([]);
  await clock.advance(1_000);
  expect(await client.receive()).toMatchObject([{ id, attempt: 3, payload: { n: 1 } }]);
});

it("a copy is scheduled before its message is acknowledged, and the message stays where that fails", async () => {
  const { client, driver } = await open();
  await client.send({ n: 1 });
  const receiver = await driver.open({ credit: 1, leaseMs: 30_000 });
  const [delivery] = await receiver.take(1, 0);
  if (delivery === undefined) throw new TypeError("nothing was received");
  const error = { code: "Error", message: "smtp down" };
  const settlement = { delivery, outcome: { kind: "retry", delayMs: 2 * HOUR_MS, error } } as const;
  const queue = google.world.taskQueues.get(tasks.queue) ?? {};
  google.world.taskQueues.delete(tasks.queue);
  expect(await receiver.settle([settlement])).toMatchObject([
    { ok: false, error: { code: "NOT_READY", retryable: true } },
  ]);
  google.world.taskQueues.set(tasks.queue, queue);
  server.failNext("Acknowledge", 14);
  expect(await receiver.settle([settlement])).toMatchObject([{ ok: false }]);
  expect(await receiver.settle([settlement])).toMatchObject([{ ok: true }]);
  expect(google.world.tasks.size).toBe(1);
  await clock.advance(2 * HOUR_MS);
  expect(await client.receive(10)).toMatchObject([{ attempt: 2 }]);
});

it("in a group a retry is as long as the subscription can make it, and sends join when they are due", () => {
  const fifo = delayedCapabilities(pullCapabilities, { fifo: {} });
  expect(fifo).toMatchObject({
    delayMaxMs: 168 * HOUR_MS,
    retryDelay: { maxMs: 600_000, fifo: true },
  });
  const pushed = delayedCapabilities(pushCapabilities, { fifo: {} });
  expect(pushed).toMatchObject({ delayMaxMs: 168 * HOUR_MS, retryDelay: { maxMs: 0 } });
});

it("a pushed message is retried after its own delay, and dies after its own attempts", async () => {
  const { onQueueMessage } = await import("@alienplatform/sdk");
  const seen: number[] = [];
  const world = await openPushWorld({
    admin,
    clock,
    address: { tasks } as object,
    load: () =>
      onQueueMessage("tasks", (message) => {
        seen.push(message.attempt);
        return message.attempt < 3 ? retry("smtp down", { delay: "2h" }) : deadLetter("enough");
      }),
  });
  onTestFinished(() => world.close());
  await world.tasks.send({ n: 1 });
  expect(await world.push()).toBe(204);
  expect(await world.push()).toBeUndefined();
  for (let attempt = 2; attempt <= 3; attempt++) {
    await clock.advance(2 * HOUR_MS - 1_000);
    expect(await world.push()).toBeUndefined();
    await clock.advance(1_000);
    expect(await world.push()).toBe(204);
  }
  expect(seen).toEqual([1, 2, 3]);
  expect(await world.deadLetters()).toMatchObject([{ headers: { dead: { attempts: 3 } } }]);
});

it("a pushed message whose copy is refused follows the subscription's own schedule", async () => {
  const { onQueueMessage } = await import("@alienplatform/sdk");
  const world = await openPushWorld({
    admin,
    clock,
    address: { tasks } as object,
    load: () => onQueueMessage("tasks", () => retry("smtp down", { delay: "2h" })),
  });
  onTestFinished(() => world.close());
  await world.tasks.sendText("x".repeat(900_000));
  expect(await world.push()).toBe(503);
  expect(world.said().map(({ code }) => code)).toContain("MESSAGE_TOO_LARGE");
  expect(google.world.tasks.size).toBe(0);
});

it("a purge takes what is delayed of this queue, and nothing of another", async () => {
  const [one, other] = [await open(), await open()];
  const operator = new PubSubQueueOperator(one.queue, { clock, waitMs: 0 });
  await one.client.send({ n: 1 }, { delay: "1h" });
  await one.client.send({ n: 2 });
  await other.client.send({ n: 3 }, { delay: "1h" });
  expect(await one.queue.delays?.count()).toBe(1);
  await operator.purge();
  await clock.advance(HOUR_MS);
  expect(await one.client.receive(10)).toEqual([]);
  expect(await other.client.receive(10)).toMatchObject([{ payload: { n: 3 } }]);
});

it("a copy of what was sent by a clock that is ahead is a task, whatever its delay counts from", async () => {
  const { driver } = await open();
  const headers = { kind: "text" } as const;
  const now = clock.now();
  const copy = (id: string, ahead: number) =>
    ({ id, body: "a", headers, sentAt: now + ahead, delayMs: 1_000 - ahead, copy: id }) as const;
  // Less than none, and none at all.
  expect(await driver.send([copy("m1", 60_000), copy("m2", 1_000)])).toMatchObject([
    { ok: true },
    { ok: true },
  ]);
  const due = [...google.world.tasks.values()].map(({ scheduleTime }) => scheduleTime);
  const at = new Date(now + 1_000).toISOString();
  expect(due).toEqual([at, at]);
});

it("a purge asks again where Cloud Tasks refuses for a while, and ends at another refusal", async () => {
  const { client, queue } = await open();
  const many = Array.from({ length: 40 }, (_, n) => ({ payload: n, delay: "1h" as const }));
  await client.sendBatch(many);
  let refusals = 0;
  google.world.refusal = (method) =>
    /DeleteTask/.test(method) && ++refusals <= 5
      ? new Refused(429, "RESOURCE_EXHAUSTED", "Quota exceeded")
      : undefined;
  const atOnce: Clock = {
    now: () => 0,
    schedule: (_, run) => {
      const due = setImmediate(run);
      return () => clearImmediate(due);
    },
  };
  await queue.delays?.purge({ clock: atOnce, random: () => 0 });
  expect(refusals).toBe(45);
  expect(google.world.tasks.size).toBe(0);
  await client.sendBatch(many);
  refusals = 0;
  google.world.refusal = (method) => {
    if (!/DeleteTask/.test(method)) return undefined;
    refusals++;
    return new Refused(403, "PERMISSION_DENIED", "The caller does not have permission");
  };
  const code = "PERMISSION_DENIED";
  await expect(queue.delays?.purge({ clock: atOnce, random: () => 0 })).rejects.toMatchObject({
    code,
  });
  // Those that were under way at once.
  expect(refusals).toBe(32);
});

it("counts of the queues of a stage that are asked for at once are one list, and the next one is new", async () => {
  const [one, other] = [await open(), await open()];
  await one.client.send({ n: 1 }, { delay: "1h" });
  await other.client.sendBatch([
    { payload: 2, delay: "1h" },
    { payload: 3, delay: "1h" },
  ]);
  const lists = () => google.calls.filter((call) => call.includes("ListTasks")).length;
  const before = lists();
  const both = [one, other].map(({ queue }) => queue.delays?.count());
  expect(await Promise.all(both)).toEqual([1, 2]);
  expect(lists() - before).toBe(1);
  await one.client.send({ n: 4 }, { delay: "1h" });
  expect(await one.queue.delays?.count()).toBe(2);
});

it("a missing right is told by the roles that the very call needs", async () => {
  const { queue, client } = await open();
  const operator = new PubSubQueueOperator(queue, { clock, waitMs: 0 });
  const denial = new Refused(403, "PERMISSION_DENIED", "The caller does not have permission");
  google.world.refusal = (method) => (/Task/.test(method) ? denial : undefined);
  const denied = (fix: RegExp) => ({ code: "PERMISSION_DENIED", fix: expect.stringMatching(fix) });
  await expect(client.send({ n: 1 }, { delay: "1h" })).rejects.toMatchObject(
    denied(/enqueuer .* and roles\/iam\.serviceAccountUser/),
  );
  await expect(queue.delays?.count()).rejects.toMatchObject(
    denied(/^Grant this identity roles\/cloudtasks\.viewer on/),
  );
  await expect(operator.purge()).rejects.toMatchObject(denied(/taskDeleter and .*viewer/));
});

it.each([
  [{}, /"queue" is no path/],
  [{ queue: "delays", serviceAccount: "a@b" }, /"queue" is no path/],
  [{ queue: tasks.queue }, /"serviceAccount" is no e-mail address/],
  [{ queue: tasks.queue, serviceAccount: "a@b", endpoint: "here" }, /"endpoint" is not a URL/],
  [null, /"queue" is no path/],
])("an address of %j says what is wrong with it", (given, message) => {
  // As somebody wrote it by hand.
  const address = { tasks: given } as never;
  const binding = { version: 1, platform: "gcp", queue: "tasks", options: defaultOptions, address };
  expect(() => readTasksAddress(binding as never)).toThrow(message);
});

it("without one nothing is delayed, as before", () => {
  const address = { tasks: undefined } as never;
  const binding = { version: 1, platform: "gcp", queue: "tasks", options: defaultOptions, address };
  expect(readTasksAddress(binding as never)).toBeUndefined();
  expect(pullCapabilities.delayMaxMs).toBe(0);
});
