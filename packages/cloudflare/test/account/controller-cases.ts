import { type Part, type Place, ref } from "@alienplatform/deploy";
import type { ControllerCase, ControllerWorld } from "@alienplatform/deploy/conformance";
import type { CloudflarePart, TypedPart } from "../../src/cloudflare-part.ts";
import { queueName, secretName, stateDatabaseName, workerName } from "../../src/names.ts";
import { ATTRIBUTES } from "../../src/part-configs.ts";
import { SCHEMA } from "../../src/table/schema.ts";
import type { AccountServer } from "./account-server.ts";
import { artifactOf } from "./code.ts";

const NO_MARKS = "a queue has no tags, and its name alone says whose it is";
const code = artifactOf("export default { queue() {} }");

function queue(place: Place, id: string): TypedPart<"queue"> {
  const name = queueName(place, id);
  return {
    id: `queue/${id}`,
    type: "queue",
    name,
    resource: id,
    config: { messageRetentionPeriod: 345_600, deliveryDelay: 0, pausedAtFirst: false },
    known: { name },
  };
}

function worker(place: Place, id = "worker"): TypedPart<"worker"> {
  const name = workerName(place, id);
  return {
    id: `function/${id}`,
    type: "worker",
    name,
    resource: id,
    config: {
      code,
      mainModule: "index.mjs",
      compatibilityDate: "2026-04-01",
      compatibilityFlags: ["nodejs_compat"],
      queues: {},
      databases: {},
      environment: { LEVEL: "info" },
      observability: true,
    },
    known: { name },
  };
}

function database(place: Place): TypedPart<"d1-database"> {
  const name = stateDatabaseName(place);
  return {
    id: "state",
    type: "d1-database",
    name,
    resource: "shop",
    config: { schema: SCHEMA },
    known: { name },
  };
}

function consumer(place: Place): TypedPart<"queue-consumer"> {
  return {
    id: "queue/tasks/consumer",
    type: "queue-consumer",
    name: `${queueName(place, "tasks")}/consumer`,
    resource: "tasks",
    config: {
      queueId: ref("queue/tasks", "id"),
      type: "worker",
      scriptName: ref("function/worker", "name"),
      deadLetterQueue: ref("queue/dead", "name"),
      batchSize: 10,
      maxWaitTimeMs: 1_000,
      maxRetries: 100,
      retryDelay: 0,
    },
  };
}

function pullConsumer(place: Place): TypedPart<"queue-consumer"> {
  return {
    ...consumer(place),
    config: {
      queueId: ref("queue/tasks", "id"),
      type: "http_pull",
      batchSize: 10,
      maxRetries: 100,
      retryDelay: 0,
      visibilityTimeoutMs: 30_000,
    },
  };
}

function url(place: Place): TypedPart<"worker-url"> {
  return {
    id: "function/worker/url",
    type: "worker-url",
    name: workerName(place, "worker"),
    resource: "worker",
    config: { scriptName: ref("function/worker", "name"), previewsEnabled: false },
  };
}

function secret(place: Place): TypedPart<"worker-secret"> {
  const name = secretName(place, "TOKEN");
  return {
    id: "secret/TOKEN",
    type: "worker-secret",
    name,
    resource: "worker",
    config: {
      variable: "TOKEN",
      scripts: [ref("function/worker", "name")],
      firstValue: "random",
    },
    known: { name },
  };
}

/** As `alien secret set` does. */
async function choose({ cloud }: ControllerWorld, { name }: Part): Promise<void> {
  await cloud.operator.setSecret(name, "s3cret", new AbortController().signal);
}

/** A case for each type of part. */
export function controllerCases(server: AccountServer): readonly ControllerCase[] {
  const planted = server.account.makeDatabase("planted");
  return [
    {
      name: "queue",
      parts: (place) => [queue(place, "tasks")],
      settings: {
        messageRetentionPeriod: { messageRetentionPeriod: 86_400 },
        deliveryDelay: { deliveryDelay: 5 },
      },
      unlisted: NO_MARKS,
      fill: async (_world, { name }: Part) => {
        server.account.queueNamed(name)?.messages.store(Buffer.from("1"), "text", 0);
      },
    },
    {
      name: "d1-database",
      parts: (place) => [database(place)],
      settings: {},
      unlisted: "a database has no tags, and its name alone says whose it is",
    },
    {
      name: "worker",
      parts: (place) => [queue(place, "tasks"), queue(place, "mails"), worker(place)],
      settings: {
        code: { code: artifactOf("export default { queue() { return 2 } }") },
        compatibilityDate: { compatibilityDate: "2026-01-01" },
        compatibilityFlags: { compatibilityFlags: [] },
        queues: {
          queues: { TASKS: ref("queue/tasks", "name"), MAILS: ref("queue/mails", "name") },
        },
        databases: { databases: { STATE: planted.id } },
        environment: { environment: { LEVEL: "debug", MORE: "1" } },
        observability: { observability: false },
      },
    },
    {
      name: "queue-consumer, a Worker",
      parts: (place) => [
        queue(place, "dead"),
        queue(place, "tasks"),
        worker(place),
        worker(place, "other"),
        consumer(place),
      ],
      settings: {
        scriptName: { scriptName: ref("function/other", "name") },
        batchSize: { batchSize: 1 },
        maxWaitTimeMs: { maxWaitTimeMs: 0 },
        maxRetries: { maxRetries: 50 },
        retryDelay: { retryDelay: 5 },
        maxConcurrency: { maxConcurrency: 3 },
      },
      unlisted: "a consumer bears no marks: it is whose the queue is",
    },
    {
      name: "queue-consumer, of a process of one's own",
      parts: (place) => [queue(place, "dead"), queue(place, "tasks"), pullConsumer(place)],
      settings: {
        deadLetterQueue: { deadLetterQueue: ref("queue/dead", "name") },
        batchSize: { batchSize: 100 },
        maxRetries: { maxRetries: 50 },
        retryDelay: { retryDelay: 5 },
        visibilityTimeoutMs: { visibilityTimeoutMs: 60_000 },
      },
      unlisted: "a consumer bears no marks: it is whose the queue is",
    },
    {
      name: "worker-url",
      parts: (place) => [worker(place), url(place)],
      settings: { previewsEnabled: { previewsEnabled: true } },
      unlisted: "an address bears no marks: it is whose the Worker is",
    },
    {
      name: "worker-secret",
      parts: (place) => [worker(place), worker(place, "other"), secret(place)],
      settings: {
        scripts: { scripts: [ref("function/worker", "name"), ref("function/other", "name")] },
      },
      unlisted: "a secret bears no marks: it is whose the Workers are",
      fill: choose,
    },
    {
      name: "worker-secret, that nobody has set",
      parts: (place) => {
        const made = secret(place);
        const config = { ...made.config, firstValue: "none" } as const;
        return [worker(place), worker(place, "other"), { ...made, config }];
      },
      settings: {
        scripts: { scripts: [ref("function/worker", "name"), ref("function/other", "name")] },
      },
      unlisted: "a secret bears no marks: it is whose the Workers are",
      fill: choose,
    },
  ];
}

/** The types of parts that a case stands for. */
export const partTypes = Object.keys(ATTRIBUTES) as readonly CloudflarePart["type"][]; // its own keys
