import { systemClock } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { afterAll, expect, test, vi } from "vitest";
import { clientSettings } from "../src/client-settings.ts";
import { undelivered } from "../src/control/backlog.ts";
import { connect } from "../src/deploy-client.ts";
import { readSecrets } from "../src/function/secrets.ts";
import { gcpPlace } from "../src/gcp-place.ts";
import { GoogleClient } from "../src/google-client.ts";
import { operate } from "../src/operate.ts";
import { pubsubQueueOf } from "../src/queue/pubsub-queue.ts";
import { GcpStageOperator } from "../src/stage-operator.ts";
import { endpointsAt, GoogleServer } from "./google/google-server.ts";
import { place } from "./lower/lowered.ts";
import { bindingOf } from "./wire/pubsub-world.ts";

const server = new GoogleServer();
const environment = endpointsAt(await server.listen());
for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
afterAll(() => server.close());

const { world } = server;
const never = new AbortController().signal;
const at = gcpPlace(place);
const operator = new GcpStageOperator(new GoogleClient(clientSettings({ environment })), at);
const subscription = `projects/${world.project}/subscriptions/tasks`;
const consumer = {
  endpoint: "https://worker.run.app/",
  audience: "https://worker.run.app",
  serviceAccount: "push@elsewhere.iam.gserviceaccount.com",
};
const binding = bindingOf("tasks", defaultOptions, {
  project: world.project,
  topic: "tasks",
  subscription: "tasks",
  deadTopic: "tasks-dead",
  deadSubscription: "tasks-dead",
  ordered: false,
  push: true,
  consumer,
  deployed: true,
});

test("a pause switches the push off and says why, and a resume switches it on as it was", async () => {
  const pushConfig = {
    pushEndpoint: consumer.endpoint,
    oidcToken: { serviceAccountEmail: consumer.serviceAccount, audience: consumer.audience },
  };
  world.topics.set(`projects/${world.project}/topics/tasks`, {});
  world.subscriptions.set(subscription, { labels: { team: "blue" }, pushConfig });
  const operations = operate.queue(binding, systemClock);
  expect((await operations.control()).pause).toBeUndefined();
  await operations.pause({ reason: "the bank is closed" });
  expect(world.subscriptions.get(subscription)?.pushConfig).toEqual({});
  expect((await operations.control()).pause).toMatchObject({
    reason: "the bank is closed",
    whilePaused: "wait",
    since: expect.any(Number),
  });
  await operations.resume();
  expect(world.subscriptions.get(subscription)).toEqual({ labels: { team: "blue" }, pushConfig });
  await operations.close();
});

test("a push that somebody switched off at Google is told as such", async () => {
  world.subscriptions.set(subscription, { pushConfig: {} });
  const operations = operate.queue(binding, systemClock);
  expect((await operations.control()).pause?.reason).toContain("switched its push off");
  await operations.close();
});

test("a pause that ends by itself or dead-letters is refused, and changes nothing", async () => {
  world.subscriptions.set(subscription, { pushConfig: { pushEndpoint: "https://x/" } });
  const operations = operate.queue(binding, systemClock);
  for (const more of [{ until: 1 }, { whilePaused: "deadLetter" as const }]) {
    await expect(operations.pause({ reason: "r", ...more })).rejects.toMatchObject({
      code: "UNSUPPORTED",
    });
  }
  expect(world.subscriptions.get(subscription)?.pushConfig).toEqual({ pushEndpoint: "https://x/" });
  await operations.close();
});

test("a deployed queue is counted by Cloud Monitoring", async () => {
  world.backlog = (id) => (id === "tasks" ? 12 : 3);
  const operations = operate.queue(binding, systemClock);
  expect(pubsubQueueOf(binding).capabilities.stats).toBe("approximate");
  expect(await operations.stats()).toEqual({ ready: 12, delayed: 0, inFlight: 0, dead: 3 });
  await operations.close();
});

test("a subscription that Cloud Monitoring knows nothing of is not taken for an empty one", async () => {
  const google = new GoogleClient(clientSettings({ environment }));
  const asked = { name: "tasks", clock: systemClock, signal: never };
  const told = async (backlog: number | undefined) => {
    world.backlog = () => backlog;
    return undelivered(google, world.project, asked);
  };
  expect(await told(undefined)).toBe("an unknown number of messages");
  expect(await told(0)).toBeUndefined();
  expect(await told(1)).toBe("about 1 message");
  expect(await told(12_000)).toBe("about 12,000 messages");
  world.backlog = () => undefined;
  const operations = operate.queue(binding, systemClock);
  expect(await operations.stats()).toEqual({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  await operations.close();
});

test("a secret is set where it is deployed, and read by the function that asks for it", async () => {
  await expect(operator.setSecret("shop-dev-TOKEN", "s3cret", never)).rejects.toMatchObject({
    code: "SECRET_MISSING",
  });
  const path = `projects/${world.project}/secrets/shop-dev-TOKEN`;
  world.secrets.set(path, { secret: { name: path }, versions: [] });
  const own = { ...environment, ALIEN_SECRETS: JSON.stringify({ TOKEN: path }) };
  await expect(readSecrets(own)).rejects.toMatchObject({
    code: "SECRET_MISSING",
    fix: expect.stringContaining("alien secret set TOKEN"),
  });
  expect(await operator.hasSecret("shop-dev-TOKEN", never)).toBe(false);
  await operator.setSecret("shop-dev-TOKEN", "grün", never);
  expect(await operator.hasSecret("shop-dev-TOKEN", never)).toBe(true);
  expect(await readSecrets(own)).toEqual({ TOKEN: "grün" });
  expect(await readSecrets({})).toEqual({});
});

test("logs are those of one function, since a time, with a text", async () => {
  const line = (service: string, timestamp: string, text: string) =>
    void world.logs.push({ service, timestamp, text });
  line("shop-dev-worker", "2026-11-01T00:00:00.000Z", "too old");
  line("shop-dev-worker", "2026-11-02T00:00:00.000Z", 'said "hello"');
  line("shop-dev-worker", "2026-11-02T00:00:01.000Z", "else");
  line("shop-dev-other", "2026-11-02T00:00:02.000Z", 'said "hello"');
  const since = Date.parse("2026-11-02T00:00:00.000Z");
  const lines: string[] = [];
  const options = { since, follow: false, filter: '"hello"', signal: never };
  for await (const { text } of operator.logs("shop-dev-worker", options)) lines.push(text);
  expect(lines).toEqual(['said "hello"']);
});

test("a region is asked for, and the project is asked of Google", async () => {
  const options = { stack: "shop", stage: "dev" };
  await expect(connect({ ...options, environment })).rejects.toMatchObject({
    code: "REGION_INVALID",
  });
  const here = { ...environment, GOOGLE_CLOUD_PROJECT: world.project };
  await expect(connect({ ...options, environment: here, region: "EU" })).rejects.toMatchObject({
    code: "REGION_INVALID",
  });
  const cloud = await connect({ ...options, environment: here, region: "europe-west1" });
  expect(cloud.place.settings).toMatchObject({
    project: world.project,
    number: world.number,
    region: "europe-west1",
  });
  const nobody = { ...environment, GOOGLE_CLOUD_PROJECT: "nobodys" };
  await expect(
    connect({ ...options, environment: nobody, region: "europe-west1" }),
  ).rejects.toMatchObject({ code: "PERMISSION_DENIED" });
});
