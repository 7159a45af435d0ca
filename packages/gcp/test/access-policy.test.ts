import { Queue } from "@alienplatform/core";
import { type Lowered, resolve } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { accessPolicy } from "../src/access-policy.ts";
import { loweredOf, place } from "./lower/lowered.ts";

const DELAYS = "projects/shop-prod/locations/europe-west1/queues/shop-dev-delays-340d59-1";
const ACCOUNT =
  "projects/shop-prod/serviceAccounts/shop-dev-delays@shop-prod.iam.gserviceaccount.com";

/** As the state keeps them, of what is there. */
function applied({ bindings }: Lowered): Lowered["bindings"] {
  return Object(resolve(bindings, () => DELAYS));
}

const failed = new Queue("failed").build();
const bindings = applied(loweredOf(new Queue("tasks").build()));
const declared = applied(loweredOf(failed, new Queue("own").deadLetters(failed).build()));

test("a process gets roles on exactly what its rights need", () => {
  expect(accessPolicy(place, bindings, ["send", "receive"])).toEqual([
    { resource: "projects/shop-prod/topics/shop-dev-tasks", roles: ["roles/pubsub.publisher"] },
    { resource: DELAYS, roles: ["roles/cloudtasks.enqueuer"] },
    { resource: ACCOUNT, roles: ["roles/iam.serviceAccountUser"] },
    {
      resource: "projects/shop-prod/subscriptions/shop-dev-tasks",
      roles: ["roles/pubsub.subscriber"],
    },
    {
      resource: "projects/shop-prod/topics/shop-dev-tasks-dead",
      roles: ["roles/pubsub.publisher"],
    },
    {
      resource: "projects/shop-prod",
      roles: ["roles/datastore.user"],
      condition: {
        title: "database shop-dev-state-340d59 alone",
        expression: 'resource.name == "projects/shop-prod/databases/shop-dev-state-340d59"',
      },
    },
  ]);
});

test("who operates a queue that dies into a declared one does not operate that one", () => {
  const { own } = declared;
  const resources = Object(accessPolicy(place, own === undefined ? {} : { own }, ["operate"])).map(
    ({ resource }: { readonly resource: string }) => resource,
  );
  expect(resources).toEqual([
    "projects/shop-prod/topics/shop-dev-own",
    DELAYS,
    "projects/shop-prod/subscriptions/shop-dev-own",
    "projects/shop-prod",
  ]);
});

test("who operates a queue whose options are the usual ones operates its dead letters too", () => {
  const resources = Object(accessPolicy(place, bindings, ["operate"])).map(
    ({ resource }: { readonly resource: string }) => resource,
  );
  expect(resources).toContain("projects/shop-prod/subscriptions/shop-dev-tasks-dead");
});
