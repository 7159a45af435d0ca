import { Function as Fn, Queue, Stack } from "@alienplatform/core";
import { type Json, type Lowered, resolve } from "@alienplatform/deploy";
import { describe, expect, onTestFinished, test } from "vitest";
import { lower } from "../../src/lower.ts";
import { artifactOf } from "../arm/artifacts.ts";
import { openControllerWorld } from "../arm/controller-world.ts";
import { deployIn } from "../arm/deploy-in.ts";

const code = { worker: { ...artifactOf("export default 1"), bytes: 1 } };
const region = "westeurope";
const settings = { subscription: "00000000-1111-4222-8333-444444444444", region };
const place = { platform: "azure", stack: "shop", stage: "dev", settings };
const tasks = new Queue("tasks").results("1d").idempotency({ conflict: "error" }).build();
const worker = new Fn("worker").trigger(tasks).build();
const stack = new Stack("shop").add(tasks).add(worker).build();

describe("the table of a stage", () => {
  test("is in an account of its own, which no key opens, and every binding names it", () => {
    const { parts, bindings } = lower(stack, place, code);
    const account = parts.find(({ id }) => id === "stage/state");
    const table = parts.find(({ id }) => id === "stage/state/table");
    expect(account?.config).toMatchObject({ allowSharedKeyAccess: false });
    expect(table).toMatchObject({ type: "storage-table", name: `${account?.name}/state` });
    const found = resolve(bindings.tasks as Json, ({ $ref, attribute }) => `${$ref} ${attribute}`);
    expect(found).toMatchObject({
      address: { table: { endpoint: "stage/state tables", name: "stage/state/table name" } },
      options: { resultsMs: 86_400_000 },
    });
  });

  test("is written by who is triggered by or linked to a queue, on the table alone", () => {
    const idle = new Fn("idle").http().build();
    const sender = new Fn("sender").link(tasks).build();
    const whole = new Stack("shop").add(tasks).add(worker).add(idle).add(sender).build();
    const all = { ...code, idle: { ...code.worker }, sender: { ...code.worker } };
    const roles = lower(whole, place, all).parts.flatMap(({ id, type, config }) =>
      type === "role-assignment" && config.role === "Storage Table Data Contributor"
        ? [[id, config.scope]]
        : [],
    );
    const scope = { $ref: "stage/state/table", attribute: "id" };
    expect(roles).toEqual([
      ["function/worker/may/keep/stage/state/table", scope],
      ["function/sender/may/keep/stage/state/table", scope],
    ]);
  });

  test("is none where there is no queue", () => {
    const alone = new Stack("shop").add(new Fn("worker").http().build()).build();
    const types = lower(alone, place, code).parts.map(({ type }) => type);
    expect(types).not.toContain("storage-table");
  });

  test("comes to a stage that was deployed without it, where nothing is replaced", async () => {
    const world = await openControllerWorld();
    onTestFinished(() => world.close());
    const lowered = lower(stack, world.cloud.place, code);
    await deployIn(world, withoutTable(lowered));
    world.server.bus.queue("tasks").enqueue({ body: "one" });
    const { steps } = await deployIn(world, lowered);
    const work = steps.filter(({ action }) => action !== "none");
    expect(work.map(({ action, part }) => `${action} ${part}`).sort()).toEqual([
      "create function/worker/may/keep/stage/state/table",
      "create stage/state",
      "create stage/state/table",
      "update function/worker",
    ]);
    expect(world.server.bus.queue("tasks").entries).toHaveLength(1);
    const [app] = world.server.resources.ofType("Microsoft.Web/sites");
    const binding = JSON.parse(world.server.appSettings(app?.id ?? "").ALIEN_TASKS_BINDING ?? "");
    const [account] = world.server.resources
      .ofType("Microsoft.Storage/storageAccounts/tableServices/tables")
      .map(({ id }) => id.split("/").at(-5));
    expect(binding.address.table).toEqual({
      endpoint: `${world.server.url}/_tables/${account}/`,
      name: "state",
    });
  });
});

/** As it was lowered before stages had tables. */
function withoutTable({ parts, bindings }: Lowered): Lowered {
  const isOfTable = (text: string) => text.includes("stage/state");
  const kept = parts
    .filter(({ id }) => !isOfTable(id))
    .map(({ after = [], ...part }) => ({ ...part, after: after.filter((id) => !isOfTable(id)) }));
  // Bindings and settings alike: JSON and the expressions of JSON text.
  const stripped = JSON.stringify({ parts: kept, bindings }, (name, value) =>
    name === "table" ? undefined : value,
  );
  return JSON.parse(stripped);
}
