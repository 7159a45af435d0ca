import { QueueClient } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { keptOperator } from "@alienplatform/bindings/operate";
import type { Right } from "@alienplatform/core";
import { afterAll, expect, it, onTestFinished } from "vitest";
import { QUEUE_ROLES, type QueueRoles } from "../src/function/rights.ts";
import { PubSubQueueOperator } from "../src/queue/operator.ts";
import { pubsubQueueOf } from "../src/queue/pubsub-queue.ts";
import { runtime } from "../src/runtime.ts";
import { TABLE_ROLES } from "../src/table/rights.ts";
import { stateTableOf } from "../src/table/state-table-of.ts";
import { GoogleServer } from "./google/google-server.ts";
import { FirestoreServer } from "./table/firestore-server.ts";
import { openWire } from "./wire/open-wire.ts";
import { bindingOf } from "./wire/pubsub-world.ts";

const { clock, server, admin } = await openWire();
const google = new GoogleServer();
const url = await google.listen();
const ACCOUNT = "delays@shop-prod.iam.gserviceaccount.com";
const DELAYS = "projects/shop-prod/locations/europe-west1/queues/shop-dev-delays";
// Nothing is due: who sends and who receives is asked about.
google.world.clock = { now: () => clock.now(), schedule: () => () => undefined };
google.world.accounts.set(ACCOUNT, {});
google.world.taskQueues.set(DELAYS, { name: DELAYS });
afterAll(() => google.close());
const firestore = new FirestoreServer();
const endpoint = await firestore.listen();
afterAll(() => firestore.close());

/** https://cloud.google.com/pubsub/docs/access-control#roles, https://cloud.google.com/firestore/docs/security/iam#roles */
const ROLES: Readonly<Record<string, readonly string[]>> = {
  // https://cloud.google.com/iam/docs/roles-permissions/cloudtasks
  "roles/cloudtasks.enqueuer": ["cloudtasks.tasks.create"],
  "roles/cloudtasks.taskDeleter": ["cloudtasks.tasks.delete"],
  "roles/cloudtasks.viewer": ["cloudtasks.tasks.list"],
  "roles/iam.serviceAccountUser": ["iam.serviceAccounts.actAs"],
  "roles/pubsub.publisher": ["pubsub.topics.publish"],
  "roles/pubsub.subscriber": ["pubsub.subscriptions.consume"],
  "roles/datastore.user": [
    "datastore.entities.create",
    "datastore.entities.delete",
    "datastore.entities.get",
    "datastore.entities.list",
    "datastore.entities.update",
  ],
};

/** By the call: https://cloud.google.com/pubsub/docs/access-control#required_permissions */
const NEEDS: Readonly<Record<string, string>> = {
  Publish: "pubsub.topics.publish",
  Pull: "pubsub.subscriptions.consume",
  Acknowledge: "pubsub.subscriptions.consume",
  ModifyAckDeadline: "pubsub.subscriptions.consume",
  Seek: "pubsub.subscriptions.consume",
};

type Place = "topic" | "subscription" | "deadTopic" | "deadSubscription";

/** A deployed queue that is pulled from, and what is asked of Google about it. */
async function openQueue() {
  const options = { ...defaultOptions, retentionMs: 600_000, resultsMs: 3_600_000 };
  const made = await admin.make(`rights-${Math.random().toString(36).slice(2)}`, options, {});
  const address = {
    ...made,
    table: { database: "shop-dev-state", endpoint },
    tasks: { queue: DELAYS, serviceAccount: ACCOUNT, endpoint: `${url}cloudtasks` },
  };
  const binding = bindingOf("tasks", options, address);
  const asked = new Set<string>();
  let others = false;
  const ask = (permission: string) => {
    if (!others) asked.add(permission);
  };
  const places: readonly Place[] = ["topic", "subscription", "deadTopic", "deadSubscription"];
  server.onRequest = (method, request) => {
    const { topic, subscription } = Object(request);
    const id = String(topic ?? subscription)
      .split("/")
      .at(-1);
    const kind = topic === undefined ? /subscription$/i : /topic$/i;
    const place = places.find((each) => kind.test(each) && made[each] === id);
    ask(`${NEEDS[method]} on ${place}`);
  };
  google.onCall = (call) => {
    const verb = /CloudTasks\.(Create|List|Delete)Tasks? /.exec(call)?.[1]?.toLowerCase();
    ask(`cloudtasks.tasks.${verb} on delays`);
    if (verb === "create") ask("iam.serviceAccounts.actAs on delaysAccount");
  };
  firestore.onPermission = (permission) => ask(`${permission} on table`);
  const driver = runtime.queue(binding, clock);
  const client = new QueueClient<unknown>(driver, { queue: "tasks", options, clock });
  const pubsub = pubsubQueueOf(binding);
  const given = { queue: "tasks", options, clock, capabilities: pubsub.capabilities };
  const operator = new PubSubQueueOperator(pubsub, { clock, waitMs: 0 });
  const operations = keptOperator(operator, stateTableOf(binding, clock), given);
  onTestFinished(async () => {
    server.onRequest = () => undefined;
    google.onCall = () => undefined;
    await driver.close();
    await operations.close();
    await admin.remove(made);
  });
  /** What somebody with other rights does. */
  const other = async <Result>(does: (client: QueueClient<unknown>) => Promise<Result>) => {
    others = true;
    const result = await does(client);
    others = false;
    return result;
  };
  return { client, operations, asked, other };
}

type Opened = Awaited<ReturnType<typeof openQueue>>;

/** What each right is for: all that the contract has of it. */
const VERBS: Readonly<Record<Right, (opened: Opened) => Promise<void>>> = {
  async send({ client }) {
    await client.send({ n: 1 });
    await client.send({ n: 2 }, { idempotencyKey: "two" });
    await client.send({ n: 2 }, { idempotencyKey: "two" });
    await client.send({ n: 3 }, { delay: "1h" });
  },
  async receive({ client, other }) {
    const key = { key: "desk", limit: 1 };
    await other((sender) => sender.sendBatch([1, 2, 3].map((n) => ({ payload: { n } }))));
    for (const settle of ["ack", "nack", "dead"] as const) {
      const [message] = await client.receive(1, { lease: "1m" });
      if (message === undefined) throw new Error("nothing came");
      await client.extend(message, "2m");
      if (settle === "ack") await client.ack(message);
      else if (settle === "nack") await client.nack(message, { delay: "2h" });
      else await client.deadLetter(message, "unreadable");
    }
    // One holds the place of its key, and the other is put off as a copy.
    const keyed = [1, 2].map((n) => ({ payload: { n }, concurrency: key }));
    await other((sender) => sender.sendBatch(keyed));
    await client.receive(10, { lease: "10m" });
  },
  async operate({ operations, other }) {
    const dies = async (receiver: Opened["client"]) => {
      const [message] = await receiver.receive();
      if (message !== undefined) await receiver.deadLetter(message, "unreadable");
    };
    const { id } = await other((sender) => sender.send({ n: 1 }));
    await other(dies);
    await other((sender) => sender.send({ n: 3 }, { delay: "1h" }));
    await operations.purge();
    const letters = await operations.deadLetters({ limit: 10 });
    expect(letters.map((letter) => letter.id)).toEqual([id]);
    await operations.editDeadLetter(id, { body: '{"n":2}', kind: "json" });
    await operations.job(id);
    await operations.jobs({ limit: 10 });
    await operations.redrive([id]);
    await other(dies);
    await operations.discard([id]);
  },
};

it.each(Object.keys(VERBS) as readonly Right[])(
  "the right to %s is what its calls need, and nothing else",
  async (right) => {
    const opened = await openQueue();
    const roles = QUEUE_ROLES[right];
    await VERBS[right](opened);
    const granted = grantedBy(roles);
    const beyond = [...opened.asked].filter((each) => !granted.has(each));
    const idle = [...granted].filter((each) => !opened.asked.has(each) && !/ on table$/.test(each));
    expect({ beyond, idle }).toEqual({ beyond: [], idle: [] });
  },
);

function grantedBy({ copies: _, ...roles }: QueueRoles): ReadonlySet<string> {
  const places = { ...roles, table: TABLE_ROLES };
  return new Set(
    Object.entries(places).flatMap(([place, given]) =>
      given.flatMap((role) => (ROLES[role] ?? [role]).map((each) => `${each} on ${place}`)),
    ),
  );
}
