import { Function as Fn, Queue } from "@alienplatform/core";
import type { Lowered } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import type { GcpPart } from "../src/gcp-part.ts";
import { lower } from "../src/lower.ts";
import { artifactOf } from "./control/controller-world.ts";
import { openStage } from "./control/deployed-stage.ts";
import { place, stackOf } from "./lower/lowered.ts";

const never = new AbortController().signal;
const code = { worker: { ...artifactOf("worker"), bytes: 6 } };

const tasks = new Queue("tasks").build();
const worker = new Fn("worker").trigger(tasks).build();
const now = lower(stackOf(tasks, worker), place, code);

/** What deploy made before a stage had a state table. */
function before(): Lowered {
  const parts = now.parts.filter(({ type }) => !/^(firestore-database|database-grant)$/.test(type));
  const known = new Set(parts.map(({ id }) => id));
  return {
    bindings: {},
    parts: parts.map((part) => ({
      ...part,
      config: withoutTable(part),
      after: (part.after ?? []).filter((id) => known.has(id)),
    })),
  };
}

function withoutTable({ type, config }: GcpPart): Lowered["parts"][number]["config"] {
  if (type !== "cloud-function") return config;
  const { $json } = Object(config.environment.ALIEN_TASKS_BINDING);
  const { table: _, ...address } = $json.address;
  const ALIEN_TASKS_BINDING = { $json: { ...$json, address } };
  return { ...config, environment: { ...config.environment, ALIEN_TASKS_BINDING } };
}

test("a stage that was deployed before gets its database at its next deploy, and nothing is replaced", async () => {
  const { planOf, deploy, google, cloud } = await openStage();
  await deploy(before());
  expect(google.databases.size).toBe(0);
  // Of messages that wait nobody is asked: nothing that holds any is touched.
  google.backlog = () => 12;
  const next = await planOf(now);
  expect(next.problems).toEqual([]);
  const work = next.steps.filter(({ action }) => action !== "none");
  expect(work.map(({ part, action }) => [part, action]).sort()).toEqual([
    ["function/worker", "update"],
    ["function/worker/may/state", "create"],
    ["state", "create"],
  ]);
  await deploy(now);
  expect((await planOf(now)).steps.every(({ action }) => action === "none")).toBe(true);
  const path = "projects/shop-prod/databases/shop-dev-state-340d59";
  expect([...google.databases.keys()]).toEqual([path]);
  expect([...google.fields.values()]).toEqual([
    { name: `${path}/collectionGroups/items/fields/removedFrom`, ttlConfig: {} },
    { name: `${path}/collectionGroups/items/fields/*`, indexConfig: {} },
  ]);
  expect(await cloud.owned({ stack: "shop", stage: "dev" }, never)).toContain(path);
  expect(await cloud.owned({ stack: "shop", stage: "other" }, never)).toEqual([]);
});

test("rights in the database are the project's, held to it, and leave those of others as they are", async () => {
  const { deploy, google } = await openStage();
  const anns = { role: "roles/datastore.user", members: ["user:ann@shop.test"] };
  google.policies.set("projects/shop-prod", { version: 1, etag: "A", bindings: [anns] });
  await deploy(now);
  const member = "serviceAccount:shop-dev-worker@shop-prod.iam.gserviceaccount.com";
  const condition = {
    title: "database shop-dev-state-340d59 alone",
    expression: 'resource.name == "projects/shop-prod/databases/shop-dev-state-340d59"',
  };
  const given = { role: "roles/datastore.user", members: [member], condition };
  expect(google.policies.get("projects/shop-prod")?.bindings).toEqual([anns, given]);
  await deploy(before());
  expect(google.policies.get("projects/shop-prod")?.bindings).toEqual([anns]);
});

test("what the database says of messages is asked about where it is replaced, and goes with the stage", async () => {
  const { planOf, deploy, google } = await openStage();
  await deploy(now);
  const over = { fields: { expires: { integerValue: "1" } } };
  google.documents = () => [over];
  const elsewhere: Lowered = {
    ...now,
    parts: now.parts.map((part) =>
      part.type === "firestore-database"
        ? { ...part, config: { ...part.config, locationId: "eur3" } }
        : part,
    ),
  };
  const asked = async (lowered: Lowered) =>
    (await planOf(lowered)).problems.map(({ code, part }) => [code, part]);
  expect(await asked(elsewhere)).toEqual([]);
  google.documents = () => [over, { fields: {} }];
  expect(await asked(elsewhere)).toEqual([["DATA_LOSS", "state"]]);
  const nothing = { parts: [], bindings: {} };
  expect(await asked(nothing)).toEqual([]);
  await deploy(nothing);
  expect(google.databases.size).toBe(0);
});
