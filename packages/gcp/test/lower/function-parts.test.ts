import { Endpoint, Function as Fn, Queue } from "@alienplatform/core";
import { join, ref } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { scalingOf } from "../../src/function/settings.ts";
import { lower } from "../../src/lower.ts";
import { codeOf, loweredOf, partOf, place, stackOf } from "./lowered.ts";

const tasks = new Queue("tasks").build();
const mails = new Queue("mails").build();

test("a function is its account, its rights, its code's bucket, itself, and who may call it", () => {
  const worker = new Fn("worker").trigger(tasks).link(mails).secret("TOKEN").build();
  const { parts } = loweredOf(tasks, mails, worker);
  expect(parts.filter(({ resource }) => resource === "worker").map(({ id }) => id)).toEqual([
    "secret/TOKEN",
    "code",
    "function/worker/account",
    "function/worker/push-account",
    "function/worker/may/delays",
    "function/worker/may/delays/account",
    "function/worker/may/queue/tasks/dead-letters/topic",
    "function/worker/may/queue/mails/topic",
    "function/worker/may/secret/TOKEN",
    "function/worker/may/state",
    "function/worker",
    "function/worker/invokers",
  ]);
});

test("its rights are roles on exactly what its triggers and links name", () => {
  const worker = new Fn("worker").trigger(tasks).link(mails, "send").link(tasks, "operate").build();
  const { parts } = loweredOf(tasks, mails, worker);
  const granted = parts.flatMap((part) => {
    const own = part.type === "iam-grant" && part.resource === "worker";
    return own ? [[part.name, part.config.roles]] : [];
  });
  expect(granted).toEqual([
    [
      "shop-dev-worker on queues/shop-dev-delays-340d59",
      ["roles/cloudtasks.enqueuer", "roles/cloudtasks.taskDeleter", "roles/cloudtasks.viewer"],
    ],
    ["shop-dev-worker on serviceAccounts/shop-dev-delays", ["roles/iam.serviceAccountUser"]],
    ["shop-dev-worker on topics/shop-dev-tasks-dead", ["roles/pubsub.publisher"]],
    ["shop-dev-worker on topics/shop-dev-mails", ["roles/pubsub.publisher"]],
    ["shop-dev-worker on topics/shop-dev-tasks", ["roles/pubsub.publisher"]],
    ["shop-dev-worker on subscriptions/shop-dev-tasks", ["roles/pubsub.subscriber"]],
    ["shop-dev-worker on subscriptions/shop-dev-tasks-dead", ["roles/pubsub.subscriber"]],
  ]);
});

test("what is triggered may delay copies of its messages, unless those would break an order", () => {
  const orders = new Queue("orders").fifo().build();
  const { parts } = loweredOf(orders, new Fn("worker").trigger(orders).build());
  const grants = parts.flatMap(({ type, name, resource }) =>
    type === "iam-grant" && resource === "worker" ? [name] : [],
  );
  expect(grants).toEqual(["shop-dev-worker on topics/shop-dev-orders-dead"]);
});

test("who uses a queue may use the stage's database, and nobody else", () => {
  const worker = new Fn("worker").link(mails).build();
  const { parts } = loweredOf(mails, worker, new Fn("web").http().build());
  const grants = parts.filter(({ type }) => type === "database-grant");
  expect(grants.map(({ id }) => id)).toEqual(["function/worker/may/state"]);
  expect(partOf("database-grant", "function/worker/may/state", parts).config).toEqual({
    database: ref("state", "path"),
    member: join("serviceAccount:", ref("function/worker/account", "email")),
    roles: ["roles/datastore.user"],
  });
  expect(loweredOf(new Fn("web").http().build()).parts.map(({ id }) => id)).not.toContain("state");
});

test("who operates a queue that dies into a declared one does not operate that one", () => {
  const morgue = new Queue("morgue").build();
  const own = new Queue("own").deadLetters(morgue).build();
  const { parts } = loweredOf(
    morgue,
    own,
    new Fn("undertaker").trigger(morgue).build(),
    new Fn("tool").link(own, "operate").build(),
  );
  const names = parts.flatMap(({ resource, name, type }) =>
    resource === "tool" && type === "iam-grant" ? [name] : [],
  );
  expect(names).toEqual([
    "shop-dev-tool on topics/shop-dev-own",
    "shop-dev-tool on queues/shop-dev-delays-340d59",
    "shop-dev-tool on subscriptions/shop-dev-own",
  ]);
});

test("nobody but its own push account calls a function, unless it serves HTTP", () => {
  const { parts } = loweredOf(tasks, new Fn("worker").trigger(tasks).build());
  const pusher = join("serviceAccount:", ref("function/worker/push-account", "email"));
  expect(partOf("run-invokers", "function/worker/invokers", parts).config).toEqual({
    service: ref("function/worker", "name"),
    members: [pusher],
  });
  const open = loweredOf(new Fn("web").http().build());
  expect(partOf("run-invokers", "function/web/url", open.parts).config.members).toEqual([
    "allUsers",
  ]);
  const linked = loweredOf(mails, new Fn("tool").link(mails).build());
  expect(linked.parts.map(({ type }) => type)).not.toContain("run-invokers");
});

test("its environment says what it is, who may push, and where its secrets are, without a value", () => {
  const worker = new Fn("worker").trigger(tasks).environment({ LEVEL: "info" }).secret("TOKEN");
  const { parts } = loweredOf(tasks, worker.build());
  const { environment } = partOf("cloud-function", "function/worker", parts).config;
  expect(environment).toMatchObject({
    LEVEL: "info",
    NODE_OPTIONS: "--enable-source-maps",
    ALIEN_PUSH_AUDIENCE: "https://shop-dev-worker-123456789012.europe-west1.run.app",
    ALIEN_PUSH_SERVICE_ACCOUNT: "shop-dev-worker-push@shop-prod.iam.gserviceaccount.com",
    ALIEN_SECRETS: '{"TOKEN":"projects/shop-prod/secrets/shop-dev-TOKEN"}',
  });
  expect(Object.keys(environment)).toContain("ALIEN_TASKS_BINDING");
});

test("an endpoint is a function that posts, with a secret that nobody has to set", () => {
  const billing = new Endpoint("billing").url("https://billing.internal/jobs").trigger(tasks);
  const { parts } = loweredOf(tasks, billing.build());
  const { config } = partOf("cloud-function", "function/billing", parts);
  expect(JSON.parse(String(config.environment.ALIEN_FUNCTION))).toMatchObject({
    id: "billing",
    endpoint: { url: "https://billing.internal/jobs" },
  });
  const secret = partOf("secret", "secret/ALIEN_SIGNING_SECRET", parts);
  expect(secret.config.firstValue).toBe("random");
  const grant = "function/billing/may/secret/ALIEN_SIGNING_SECRET";
  expect(partOf("iam-grant", grant, parts).config.roles).toEqual([
    "roles/secretmanager.secretAccessor",
  ]);
});

test.each([
  [undefined, 100, 10],
  [1, 1, 1],
  [3, 1, 3],
  [7, 1, 7],
  [13, 13, 1],
  [20, 2, 10],
  [96, 12, 8],
])("a concurrency of %s is %i instances of %i requests", (concurrency, instances, requests) => {
  const queue = concurrency === undefined ? {} : { concurrency };
  expect(scalingOf([queue])).toEqual({
    maxInstanceCount: instances,
    maxInstanceRequestConcurrency: requests,
  });
});

test("of several queues the narrowest bounds the function", () => {
  expect(scalingOf([{ concurrency: 20 }, {}, { concurrency: 4 }])).toEqual({
    maxInstanceCount: 1,
    maxInstanceRequestConcurrency: 4,
  });
});

test("what Google would refuse of a function is refused by the plan, with what would do", () => {
  const small = new Fn("small").memory("64MiB").environment({ K_SERVICE: "x" }).build();
  const stack = stackOf(small);
  expect(() => lower(stack, place, codeOf(stack, 200 * 1024 * 1024))).toThrow(
    /64 MiB of memory[\s\S]*200\.0 MiB; Cloud Run functions take 100[\s\S]*K_SERVICE, which Google sets itself/,
  );
});

test("more memory brings more processors, which several requests at once ask for", () => {
  const sized = (memory: `${number}MiB` | `${number}GiB`) => {
    const { parts } = loweredOf(new Fn("f").memory(memory).build());
    const { availableMemory, availableCpu } = partOf("cloud-function", "function/f", parts).config;
    return [availableMemory, availableCpu];
  };
  expect(sized("512MiB")).toEqual(["512Mi", "1"]);
  expect(sized("8GiB")).toEqual(["8192Mi", "2"]);
  expect(sized("32GiB")).toEqual(["32768Mi", "8"]);
});
