import { Function as Fn, Queue } from "@alienplatform/core";
import type { Lowered, Place } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { lower } from "../src/lower.ts";
import { artifactOf } from "./control/controller-world.ts";
import { openStage } from "./control/deployed-stage.ts";
import { Refused } from "./google/refused.ts";
import type { GoogleWorld } from "./google/world.ts";
import { place, stackOf } from "./lower/lowered.ts";

const never = new AbortController().signal;
const code = { worker: { ...artifactOf("worker"), bytes: 6 } };
const tasks = new Queue("tasks").build();
const emails = new Queue("emails").build();
const worker = new Fn("worker").trigger(tasks).build();
const lowered = lower(stackOf(tasks, worker), place, code);
const nothing = { parts: [], bindings: {} };
const NAME = /^projects\/shop-prod\/locations\/europe-west1\/queues\/shop-dev-delays-340d59-\w+$/;

test("the function finds the queue of Cloud Tasks in its bindings, and may put tasks in it", async () => {
  const { deploy, google, cloud, planOf } = await openStage();
  await deploy(lowered);
  const [queue = ""] = google.taskQueues.keys();
  expect(queue).toMatch(NAME);
  const [made] = google.functions.values();
  expect(JSON.stringify(made)).toContain(queue);
  const member = "serviceAccount:shop-dev-worker@shop-prod.iam.gserviceaccount.com";
  expect(google.policies.get(queue)?.bindings).toEqual([
    { role: "roles/cloudtasks.enqueuer", members: [member] },
  ]);
  expect(await cloud.owned({ stack: "shop", stage: "dev" }, never)).toContain(queue);
  expect(await cloud.owned({ stack: "shop", stage: "other" }, never)).toEqual([]);
  expect((await planOf(lowered)).steps.every(({ action }) => action === "none")).toBe(true);
});

test("a stage can be deployed again at once, though Google keeps the name of a deleted queue for a week", async () => {
  const { deploy, google } = await openStage();
  await deploy(lowered);
  const [first = ""] = google.taskQueues.keys();
  await deploy(nothing);
  expect(google.taskQueues.size).toBe(0);
  expect([...google.buriedQueues]).toEqual([first]);
  await deploy(lowered);
  const [second = ""] = google.taskQueues.keys();
  expect(second).toMatch(NAME);
  expect(second).not.toBe(first);
});

test("a queue of Cloud Tasks that answers to no GET, as after 30 idle days, is found in the list and not made twice", async () => {
  const { deploy, google, planOf } = await openStage();
  await deploy(lowered);
  const asleep = Refused.missing("the queue");
  google.refusal = (method) => (/GetQueue|ListTasks/.test(method) ? asleep : undefined);
  expect((await planOf(lowered)).steps.every(({ action }) => action === "none")).toBe(true);
});

test("each queue is asked about before what Cloud Tasks keeps for it is lost, the others are not", async () => {
  const { deploy, google, planOf } = await openStage();
  const both = lower(stackOf(tasks, emails), place, code);
  const without = lower(stackOf(tasks), place, code);
  await deploy(both);
  delay(google, "shop-dev-emails");
  const losses = async (lowered: Lowered) =>
    (await planOf(lowered)).steps.flatMap(({ resource, type, loses }) =>
      loses === undefined ? [] : { resource, type, loses },
    );
  const emailsLose = { resource: "emails", type: "pubsub-topic", loses: "1 delayed message" };
  expect(await losses(without)).toEqual([emailsLose]);
  expect(await losses(lower(stackOf(emails), place, code))).toEqual([]);
  await expect(deploy(without)).rejects.toMatchObject({ code: "PLAN_REFUSED" });
  expect(google.topics.size).toBeGreaterThan(2);
  // The queue of Cloud Tasks goes too, and is not asked about beside.
  expect(await losses(nothing)).toEqual([emailsLose]);
  for (let each = 0; each < 10_000; each++) delay(google, "shop-dev-emails");
  // Of the dead letters' topic nothing was seen in what was looked at.
  expect(await losses(without)).toEqual([
    { ...emailsLose, loses: "an unknown number of delayed messages" },
    { ...emailsLose, loses: "10000 or more delayed messages" },
  ]);
});

test("where another queue of Cloud Tasks takes its place, the consent is of the stack", async () => {
  const { deploy, google, planOf } = await openStage();
  await deploy(lowered);
  delay(google, "shop-dev-tasks");
  const elsewhere = lower(stackOf(tasks, worker), inRegion("europe-west4"), code);
  const { steps } = await planOf(elsewhere);
  expect(steps.find(({ part }) => part === "delays")).toMatchObject({
    resource: "shop",
    loses: "1 delayed message",
  });
  for (const part of ["delays/account", "state"]) {
    expect(elsewhere.parts.find(({ id }) => id === part)).toMatchObject({ resource: "shop" });
  }
});

/** Somebody has sent a message with a delay. */
function delay(google: GoogleWorld, topic: string): void {
  const [queue] = google.taskQueues.keys();
  const name = `${queue}/tasks/${google.tasks.size}`;
  const url = `https://pubsub.googleapis.com/v1/projects/shop-prod/topics/${topic}:publish`;
  google.tasks.set(name, { name, httpRequest: { url } });
}

function inRegion(region: string): Place {
  return { ...place, settings: { ...place.settings, region } };
}
