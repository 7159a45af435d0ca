import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { QueueClient, systemClock } from "@alienplatform/bindings";
import { defaultOptions, inRealTime, queueConformance } from "@alienplatform/bindings/conformance";
import { AlienError, Queue } from "@alienplatform/core";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { TasksQueueController } from "../../packages/gcp/src/control/tasks-queue.ts";
import { DelayedPublisher } from "../../packages/gcp/src/delays/delayed-publisher.ts";
import { GoogleClient } from "../../packages/gcp/src/google-client.ts";
import { PubSubQueueDriver } from "../../packages/gcp/src/queue/driver.ts";
import { PubSubQueueOperator } from "../../packages/gcp/src/queue/operator.ts";
import { packOutgoing } from "../../packages/gcp/src/queue/packed.ts";
import { pubsubQueueOf } from "../../packages/gcp/src/queue/pubsub-queue.ts";
import { loweredOf, partOf } from "../../packages/gcp/test/lower/lowered.ts";
import { PubSubAdmin } from "../../packages/gcp/test/wire/pubsub-admin.ts";
import { bindingOf, openPubSubWorld } from "../../packages/gcp/test/wire/pubsub-world.ts";
import { answering } from "./support/answering.ts";
import { startCloudTasksEmulator } from "./support/cloud-tasks-emulator.ts";
import { startPubSubEmulator } from "./support/pubsub-emulator.ts";

const { host } = await startPubSubEmulator();
const endpoint = await startCloudTasksEmulator();
const admin = new PubSubAdmin(`http://${host}`);
afterAll(() => admin.close());

const location = "projects/shop/locations/europe-west1";
const queue = `${location}/queues/shop-dev-delays`;
const tasks = { queue, serviceAccount: "delays@shop.iam.gserviceaccount.com", endpoint };
await ask("POST", `${location}/queues`, { name: queue });

queueConformance({
  name: "Pub/Sub with Cloud Tasks, on Google's emulator and aertje's",
  runner: { describe: describe.concurrent, it: it.concurrent },
  ...inRealTime((options, clock) =>
    openPubSubWorld({ admin, clock, options, waitMs: 2_000, tasks }),
  ),
  needing: ["delay", "retry delay", "retry delays of 7 days"],
});

let queues = 0;

async function open() {
  const address = await admin.make(`delays-${++queues}`, defaultOptions);
  const binding = bindingOf("tasks", defaultOptions, address, tasks);
  const driver = new PubSubQueueDriver(pubsubQueueOf(binding), systemClock);
  const operator = new PubSubQueueOperator(pubsubQueueOf(binding), {
    clock: systemClock,
    waitMs: 0,
  });
  onTestFinished(async () => {
    await driver.close();
    await operator.close();
  });
  const options = { queue: "tasks", options: defaultOptions, clock: systemClock };
  return { client: new QueueClient<unknown>(driver, options), operator, address };
}

/** The URLs that wait to be asked. */
async function waiting(): Promise<readonly string[]> {
  const { tasks: listed = [] } = (await ask("GET", `${queue}/tasks`)) as {
    readonly tasks?: readonly { readonly httpRequest: { readonly url: string } }[];
  };
  return listed.map(({ httpRequest }) => httpRequest.url);
}

/** Answers the emulator's status. */
async function publish(path: string, body: string): Promise<number> {
  const headers = { "content-type": "application/json" };
  const { status } = await fetch(`http://${host}${path}`, { method: "POST", headers, body });
  return status;
}

async function ask(method: string, path: string, body?: object): Promise<unknown> {
  const answer = await fetch(`${endpoint}/v2/${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const said = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${said}`);
  return JSON.parse(said);
}

it("a purge removes what waits for its own queue alone", async () => {
  const one = await open();
  const other = await open();
  for (let n = 0; n < 3; n++) await one.client.send({ n }, { delay: "7d" });
  await other.client.send({ n: 3 }, { delay: "1h" });
  const urlOf = (topic: string) => `http://${host}/v1/projects/alien/topics/${topic}:publish`;
  const those = async (topic: string) => (await waiting()).filter((url) => url === urlOf(topic));
  expect(await those(one.address.topic)).toHaveLength(3);
  await one.operator.purge();
  await expect.poll(() => those(one.address.topic), { timeout: 60_000 }).toEqual([]);
  expect(await those(other.address.topic)).toHaveLength(1);
});

it("a publish that is refused when it is due is tried again until it is taken", async () => {
  const { client, address } = await open();
  const asked: (string | undefined)[] = [];
  const refusing = createServer(
    answering(async (request, response) => {
      const body = await text(request);
      asked.push(request.headers["x-cloudtasks-taskretrycount"]?.toString());
      const isTaken = asked.length > 2;
      const status = isTaken ? await publish(request.url ?? "", body) : 503;
      response.writeHead(status).end();
    }),
  );
  await new Promise<void>((resolve) => refusing.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void refusing.close());
  // It listens on a port, as just asked.
  const { port } = refusing.address() as AddressInfo;
  const topic = `projects/alien/topics/${address.topic}`;
  const there = `http://127.0.0.1:${port}`;
  const delays = new DelayedPublisher({ address: tasks, topic, endpoint: there, queue: "tasks" });
  const headers = { kind: "text" } as const;
  const packed = packOutgoing({ id: "m1", body: "late", headers, sentAt: Date.now() });
  if (packed instanceof AlienError) throw packed;
  expect(await delays.publish([{ packed, dueAt: Date.now() + 100 }])).toEqual([undefined]);
  const [message] = await client.receive(1, { wait: "30s" });
  expect(message).toMatchObject({ id: "m1", payload: "late", attempt: 1 });
  expect(asked).toEqual(["0", "1", "2"]);
  if (message !== undefined) await client.ack(message);
});

it("a queue of Cloud Tasks that is not there refuses, and the error says what to do", async () => {
  const { address } = await open();
  const gone = { ...tasks, queue: `${location}/queues/gone` };
  const binding = bindingOf("tasks", defaultOptions, address, gone);
  const driver = new PubSubQueueDriver(pubsubQueueOf(binding), systemClock);
  onTestFinished(() => driver.close());
  const headers = { kind: "text" } as const;
  const message = { id: "m1", body: "a", headers, sentAt: Date.now(), delayMs: 1_000 };
  expect(await driver.send([message])).toMatchObject([
    {
      ok: false,
      error: { code: "NOT_READY", retryable: true, fix: expect.stringMatching(/deploy again/) },
    },
  ]);
});

it("what Google's protos do not know is refused before the emulator has it", async () => {
  const url = `http://${host}/v1/projects/alien/topics/t:publish`;
  const wrong = [
    { httpRequest: { url, oauth: {} } },
    { httpRequest: { url, httpMethod: "SEND" } },
    { httpRequest: { url, body: "not base64!" } },
    { scheduleTime: "tomorrow", httpRequest: { url } },
  ];
  for (const task of wrong) {
    await expect(ask("POST", `${queue}/tasks`, { task })).rejects.toThrow(
      /^400 .*INVALID_ARGUMENT/,
    );
  }
});

it("the queue that deploy makes is taken as it is, found again, and told by what waits in it", async () => {
  const { name, config } = partOf(
    "tasks-queue",
    "delays",
    loweredOf(new Queue("tasks").build()).parts,
  );
  const auth = () => Promise.reject(new Error("an emulator asks for none"));
  const google = new GoogleClient({ endpoints: { cloudtasks: `${endpoint}/` }, auth });
  const controller = new TasksQueueController(google, "shop-prod");
  const context = {
    owner: { stack: "shop", stage: "dev", part: "delays" },
    name,
    config,
    clock: systemClock,
    signal: new AbortController().signal,
    artifact: () => Promise.reject(new Error("it has none")),
  };
  expect(await controller.read(context)).toBeUndefined();
  const made = await controller.create(context, config);
  expect(controller.diff(config, made)).toEqual([]);
  const task = { httpRequest: { url: "http://127.0.0.1:9" }, scheduleTime: "2100-01-01T00:00:00Z" };
  await ask("POST", `${made.id}/tasks`, { task });
  const found = await controller.read(context);
  expect(found).toMatchObject({ id: made.id, settings: made.settings, holds: "1 delayed message" });
  await controller.delete(context, made);
  expect(await controller.read({ ...context, remembered: made.id })).toBeUndefined();
});
