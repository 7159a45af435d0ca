import { expect, it } from "vitest";
import { MemoryStateStore, readState } from "../src/index.ts";
import { deploy, planOf } from "./toy/deploy.ts";
import { linkPart, lowered, queuePart, rolePart, toyWorld } from "./toy/toy-stack.ts";

const tasks = queuePart("tasks");
const worker = rolePart("worker");
const link = linkPart(tasks, worker);
const stack = lowered(link, tasks, worker);

it("a first deploy makes each part once, after what it needs, and a second plan is empty", async () => {
  const world = { ...toyWorld(), store: new MemoryStateStore() };
  const result = await deploy(stack, world);
  expect(result.done.map(({ part, action }) => `${action} ${part}`).sort()).toEqual([
    "create function/worker/role",
    "create function/worker/role/link/tasks",
    "create queue/tasks",
  ]);
  expect(world.vendor.made).toBe(3);
  const again = await planOf(stack, world);
  expect(again.steps.map(({ action }) => action)).toEqual(["none", "none", "none"]);
  expect(result.state?.bindings).toEqual({ tasks: { url: "toy://shop-dev-tasks", id: "queue-2" } });
});

it("a deploy with nothing to do reads each part once and writes nothing", async () => {
  const world = { ...toyWorld(), store: new MemoryStateStore() };
  await deploy(stack, world);
  const [writes, calls] = [world.store.writes, world.vendor.calls.length];
  await deploy(stack, world);
  expect(world.store.writes).toBe(writes);
  expect(world.vendor.calls.length - calls).toBe(3);
});

it("what is wanted no more is deleted, dependents first", async () => {
  const world = { ...toyWorld(), store: new MemoryStateStore() };
  await deploy(stack, world);
  world.vendor.calls.length = 0;
  await deploy(lowered(), world);
  expect(world.vendor.things.size).toBe(0);
  expect(world.vendor.calls.filter((call) => call.startsWith("remove"))[0]).toBe("remove link");
  const found = await readState(world.store, new AbortController().signal);
  expect(found?.state.parts).toEqual({});
  expect(found?.state.lock).toBeUndefined();
});
