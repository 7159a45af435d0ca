import { beforeEach, expect, it } from "vitest";
import { MemoryStateStore, readState, refresh, type State, stageStatus } from "../src/index.ts";
import { deploy, planOf } from "./toy/deploy.ts";
import { withController } from "./toy/toy-platform.ts";
import { linkPart, lowered, queuePart, rolePart, toyWorld } from "./toy/toy-stack.ts";

const tasks = queuePart("tasks");
const worker = rolePart("worker");
const stack = lowered(linkPart(tasks, worker), tasks, worker);
const never = new AbortController().signal;
let world = { ...toyWorld(), store: new MemoryStateStore(), signal: never };

beforeEach(async () => {
  world = { ...toyWorld(), store: new MemoryStateStore(), signal: never };
  await deploy(stack, world);
});

async function stored(): Promise<State> {
  const found = await readState(world.store, never);
  if (found === undefined) throw new Error("nothing is stored");
  return found.state;
}

it("where nothing has changed, refreshing answers nothing and writes nothing", async () => {
  const { writes } = world.store;
  expect(await refresh(world)).toEqual([]);
  expect(world.store.writes).toBe(writes);
});

it("refreshing tells what somebody changed and what is gone, writes it down, and changes nothing", async () => {
  for (const thing of [...world.vendor.things.values()]) {
    if (thing.kind === "queue") thing.settings = { ...thing.settings, size: 9 };
    if (thing.kind === "link") world.vendor.things.delete(thing.id);
  }
  const before = JSON.stringify([...world.vendor.things.values()]);
  const { serial } = await stored();
  const drift = await refresh(world);
  expect(drift.map(({ part, gone, changes }) => [part, gone, changes])).toEqual([
    [tasks.id, false, [{ path: "size", from: 9, to: 1 }]],
    [`${worker.id}/link/tasks`, true, []],
  ]);
  expect(JSON.stringify([...world.vendor.things.values()])).toBe(before);
  const state = await stored();
  expect(state.serial).toBe(serial + 1);
  expect(state.parts[tasks.id]?.remote).toMatchObject({ settings: { size: 9 } });
  expect(state.parts[`${worker.id}/link/tasks`]?.remote).toBeUndefined();
});

it("what was refreshed is planned and repaired as before", async () => {
  for (const [id, { kind }] of world.vendor.things) {
    if (kind === "link") world.vendor.things.delete(id);
  }
  await refresh(world);
  const made = await planOf(stack, world);
  expect(made.steps.map(({ action, because }) => [action, because])).toContainEqual([
    "create",
    "it was deleted by somebody else",
  ]);
  await deploy(stack, world);
  expect(await refresh(world)).toEqual([]);
});

it("what somebody else has made meanwhile under the name of a part that was never made stays theirs", async () => {
  const mails = queuePart("mails");
  const cloud = withController(world.cloud, "toy-queue", () => ({
    create: () => Promise.reject(new TypeError("cut")),
  }));
  await deploy(lowered(mails), { ...world, cloud });
  const settings = { size: 1, color: "red" };
  const theirs = { id: "q", kind: "queue", key: mails.name, settings, tags: {} };
  world.vendor.things.set("q", { ...theirs, messages: 0, hiddenFor: 0 });
  await refresh(world);
  expect((await planOf(lowered(mails), world)).problems).toMatchObject([{ code: "NAME_TAKEN" }]);
  await deploy(lowered(), world);
  expect(world.vendor.things.has("q")).toBe(true);
});

it("a stage that somebody changes now is not refreshed", async () => {
  let refused: unknown;
  const cloud = withController(world.cloud, "toy-queue", (right) => ({
    update: async (context, config, remote, changes) => {
      refused = await refresh(world).catch((error: unknown) => error);
      return right.update(context, config, remote, changes);
    },
  }));
  const wanted = lowered(queuePart("tasks", { config: { size: 2, color: "red" } }));
  await deploy(wanted, { ...world, cloud });
  expect(refused).toMatchObject({ code: "STATE_LOCKED" });
});

it("the status of a stage sorts its parts by resource", async () => {
  const status = stageStatus(await stored(), world.clock.now());
  expect(status.lock).toBeUndefined();
  expect(status.resources.map(({ resource, ready, parts }) => [resource, ready, parts])).toEqual([
    [
      "tasks",
      true,
      [{ part: tasks.id, type: "toy-queue", name: tasks.name, id: "queue-2", status: "ready" }],
    ],
    [
      "worker",
      true,
      [
        { part: worker.id, type: "toy-role", name: worker.name, id: "role-1", status: "ready" },
        {
          part: `${worker.id}/link/tasks`,
          type: "toy-link",
          name: `${worker.name}--${tasks.name}`,
          id: "link-3",
          status: "ready",
        },
      ],
    ],
  ]);
});

it("a resource of which a part failed is not ready", async () => {
  const cloud = withController(world.cloud, "toy-queue", () => ({
    update: () => Promise.reject(new Error("no")),
  }));
  const wanted = lowered(queuePart("tasks", { config: { size: 2, color: "red" } }), worker);
  await deploy(wanted, { ...world, cloud });
  const { resources } = stageStatus(await stored(), world.clock.now());
  expect(resources.map(({ resource, ready }) => [resource, ready])).toEqual([
    ["tasks", false],
    ["worker", true],
  ]);
});
