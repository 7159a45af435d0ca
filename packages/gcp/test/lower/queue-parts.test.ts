import { Function as Fn, Queue } from "@alienplatform/core";
import { join, ref } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { loweredOf, partOf } from "./lowered.ts";

test("a stage with a queue has one database, which every binding names", () => {
  const { parts, bindings } = loweredOf(new Queue("tasks").build(), new Queue("mails").build());
  const databases = parts.filter(({ type }) => type === "firestore-database");
  expect(databases).toHaveLength(1);
  expect(partOf("firestore-database", "state", parts)).toMatchObject({
    name: "shop-dev-state-340d59",
    config: {
      locationId: "europe-west1",
      type: "FIRESTORE_NATIVE",
      deleteProtectionState: "DELETE_PROTECTION_DISABLED",
      timeToLive: "removedFrom",
      indexed: false,
    },
    known: { path: "projects/shop-prod/databases/shop-dev-state-340d59" },
  });
  const table = { database: "shop-dev-state-340d59" };
  for (const id of ["tasks", "mails"]) {
    expect(bindings[id]).toMatchObject({ address: { table } });
  }
});

test("a stage with a queue has one queue of Cloud Tasks, which publishes to its topics in the name of an account", () => {
  const { parts, bindings } = loweredOf(new Queue("tasks").build(), new Queue("mails").build());
  expect(parts.filter(({ type }) => type === "tasks-queue")).toHaveLength(1);
  // A message whose publish fails is tried again for as long as Cloud Tasks keeps it.
  expect(partOf("tasks-queue", "delays", parts).config).toMatchObject({
    location: "europe-west1",
    maxAttempts: -1,
  });
  const tasks = {
    queue: ref("delays", "path"),
    serviceAccount: "shop-dev-delays@shop-prod.iam.gserviceaccount.com",
  };
  for (const id of ["tasks", "mails"]) {
    expect(bindings[id]).toMatchObject({ address: { tasks } });
    expect(partOf("iam-grant", `queue/${id}/topic/delays`, parts).config).toEqual({
      api: "pubsub",
      resource: ref(`queue/${id}/topic`, "path"),
      member: join("serviceAccount:", ref("delays/account", "email")),
      roles: ["roles/pubsub.publisher"],
    });
  }
});

test("a queue that nobody consumes is a topic, a subscription to pull from, and both for its dead letters", () => {
  const { parts } = loweredOf(new Queue("tasks").lease("2m").retention("1d").build());
  expect(parts.map(({ id, name }) => [id, name])).toEqual([
    ["state", "shop-dev-state-340d59"],
    ["delays", "shop-dev-delays-340d59"],
    ["delays/account", "shop-dev-delays"],
    ["queue/tasks/dead-letters/topic", "shop-dev-tasks-dead"],
    ["queue/tasks/dead-letters", "shop-dev-tasks-dead"],
    ["queue/tasks/dead-letters/topic/backstop", "gcp-sa-pubsub on topics/shop-dev-tasks-dead"],
    ["queue/tasks/topic", "shop-dev-tasks"],
    ["queue/tasks/topic/delays", "shop-dev-delays on topics/shop-dev-tasks"],
    ["queue/tasks", "shop-dev-tasks"],
    ["queue/tasks/backstop", "gcp-sa-pubsub on subscriptions/shop-dev-tasks"],
  ]);
  const { config } = partOf("pubsub-subscription", "queue/tasks", parts);
  expect(config).toEqual({
    topic: ref("queue/tasks/topic", "path"),
    enableMessageOrdering: false,
    ackDeadlineSeconds: 120,
    messageRetentionDuration: 86_400,
    expires: false,
    // A lease that is let lapse is the retry's delay: a policy would add to it.
    deadLetterPolicy: {
      deadLetterTopic: ref("queue/tasks/dead-letters/topic", "path"),
      maxDeliveryAttempts: 100,
    },
    pausedAtFirst: false,
  });
});

test("Google's own dead-lettering gets its two rights, in the name of its service agent", () => {
  const { parts } = loweredOf(new Queue("tasks").build());
  const agent = "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com";
  expect(partOf("iam-grant", "queue/tasks/backstop", parts).config).toEqual({
    api: "pubsub",
    resource: ref("queue/tasks", "path"),
    member: agent,
    roles: ["roles/pubsub.subscriber"],
  });
  expect(partOf("iam-grant", "queue/tasks/dead-letters/topic/backstop", parts).config).toEqual({
    api: "pubsub",
    resource: ref("queue/tasks/dead-letters/topic", "path"),
    member: agent,
    roles: ["roles/pubsub.publisher"],
  });
});

test("a FIFO queue keeps its order, and its dead letters have none", () => {
  const { parts } = loweredOf(new Queue("orders").fifo().build());
  const config = (id: string) => partOf("pubsub-subscription", id, parts).config;
  expect(config("queue/orders").enableMessageOrdering).toBe(true);
  expect(config("queue/orders/dead-letters").enableMessageOrdering).toBe(false);
});

test("what a function consumes is pushed to it, for as long as it may take, by the queue's own backoff", () => {
  const tasks = new Queue("tasks").lease("30s").backoff({ initial: "100ms", max: "10m" }).build();
  const worker = new Fn("worker").trigger(tasks).timeout("90s").build();
  const { parts } = loweredOf(tasks, worker);
  const { config, after } = partOf("pubsub-subscription", "queue/tasks", parts);
  const url = "https://shop-dev-worker-123456789012.europe-west1.run.app";
  expect(config).toMatchObject({
    ackDeadlineSeconds: 90,
    push: {
      endpoint: `${url}/`,
      audience: url,
      serviceAccount: ref("function/worker/push-account", "email"),
    },
    retryPolicy: { minimumBackoff: 0.1, maximumBackoff: 600 },
    pausedAtFirst: false,
  });
  // Pushes find a function that they may call, and that may do what it does.
  expect(after).toEqual([
    "function/worker/invokers",
    "function/worker/may/delays",
    "function/worker/may/delays/account",
    "function/worker/may/queue/tasks/dead-letters/topic",
    "function/worker/may/state",
  ]);
});

test("a function with HTTP gets its pushes at a path of their own", () => {
  const tasks = new Queue("tasks").build();
  const { parts } = loweredOf(tasks, new Fn("web").http().trigger(tasks).build());
  const { config, after } = partOf("pubsub-subscription", "queue/tasks", parts);
  expect(config.push).toMatchObject({
    endpoint: "https://shop-dev-web-123456789012.europe-west1.run.app/_alien/push",
    audience: "https://shop-dev-web-123456789012.europe-west1.run.app",
  });
  expect(after).toContain("function/web/url");
});

test("a trigger that begins paused makes a subscription that does not push yet", () => {
  const tasks = new Queue("tasks").build();
  const { parts } = loweredOf(tasks, new Fn("worker").trigger(tasks, { paused: true }).build());
  const { config } = partOf("pubsub-subscription", "queue/tasks", parts);
  expect(config).toMatchObject({ pausedAtFirst: true, push: expect.anything() });
});

test.each([
  ["1s", 10],
  ["12h", 600],
] as const)("a lease of %s is a deadline of %i seconds", (lease, seconds) => {
  const { parts } = loweredOf(new Queue("tasks").lease(lease).build());
  const { config } = partOf("pubsub-subscription", "queue/tasks", parts);
  expect(config.ackDeadlineSeconds).toBe(seconds);
});

test("queues that die into a declared one share its topic, and the one right on it", () => {
  const morgue = new Queue("morgue").build();
  const one = new Queue("one").deadLetters(morgue).build();
  const two = new Queue("two").deadLetters(morgue).build();
  const undertaker = new Fn("undertaker").trigger(morgue).build();
  const { parts, bindings } = loweredOf(morgue, one, two, undertaker);
  expect(parts.filter(({ id }) => id === "queue/morgue/topic/backstop")).toHaveLength(1);
  expect(parts.map(({ id }) => id)).not.toContain("queue/one/dead-letters");
  for (const id of ["queue/one", "queue/two"]) {
    expect(partOf("pubsub-subscription", id, parts).config.deadLetterPolicy).toMatchObject({
      deadLetterTopic: ref("queue/morgue/topic", "path"),
    });
  }
  expect(bindings.one).toMatchObject({
    address: { deadTopic: "shop-dev-morgue", deadSubscription: "shop-dev-morgue" },
  });
});

test("a binding says all that reaches the queue, and waits for no part", () => {
  const tasks = new Queue("tasks").build();
  const { bindings } = loweredOf(tasks, new Fn("worker").trigger(tasks).build());
  expect(bindings.tasks).toMatchObject({
    version: 1,
    platform: "gcp",
    queue: "tasks",
    address: {
      project: "shop-prod",
      topic: "shop-dev-tasks",
      subscription: "shop-dev-tasks",
      deadTopic: "shop-dev-tasks-dead",
      deadSubscription: "shop-dev-tasks-dead",
      ordered: false,
      ackDeadlineSeconds: 60,
      push: true,
      consumer: {
        endpoint: "https://shop-dev-worker-123456789012.europe-west1.run.app/",
        serviceAccount: "shop-dev-worker-push@shop-prod.iam.gserviceaccount.com",
      },
    },
  });
});

test("the plan says what a subscription does not keep of a FIFO queue's backoff, where it is pushed", () => {
  const said = (queue: Queue, pushed = true) => {
    const tasks = queue.build();
    const worker = new Fn("worker").trigger(tasks).build();
    return loweredOf(tasks, ...(pushed ? [worker] : [])).warnings;
  };
  const backoff = { initial: "5s", factor: 3, max: "9m", jitter: "none" } as const;
  const fifo = () => new Queue("tasks").fifo();
  expect(said(fifo().backoff(backoff))).toEqual([
    {
      resource: "tasks",
      warning:
        'queue "tasks" is FIFO and pushed to "worker": its retries follow Pub/Sub\'s own schedule, whose waits grow from 5s to 9m; factor: 3 and jitter: "none" of its backoff is not kept',
    },
  ]);
  // What it can say, what is pulled, and what Cloud Tasks delays.
  expect(said(fifo())).toBeUndefined();
  expect(said(fifo().backoff(backoff), false)).toBeUndefined();
  expect(said(new Queue("tasks").backoff(backoff))).toBeUndefined();
});
