import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VirtualClock } from "@alienplatform/bindings";
import { beforeEach, expect, it } from "vitest";
import { applyPlan, type Cloud, MemoryStateStore, type Plan, readState } from "../src/index.ts";
import { StateSession } from "../src/state/state-session.ts";
import { apply, deploy, planOf } from "./toy/deploy.ts";
import { toyPlace, withController } from "./toy/toy-platform.ts";
import { linkPart, lowered, queuePart, rolePart, toyWorld } from "./toy/toy-stack.ts";

const tasks = queuePart("tasks");
const worker = rolePart("worker");
const link = linkPart(tasks, worker);
const stack = lowered(link, tasks, worker);
const never = new AbortController().signal;
let world = { ...toyWorld(), store: new MemoryStateStore() };

beforeEach(() => {
  world = { ...toyWorld(), store: new MemoryStateStore() };
});

/** How many calls and state writes an attempt made; whatever is refused makes none. */
async function effects(attempt: () => Promise<unknown>): Promise<readonly [number, number]> {
  const [calls, writes] = [world.vendor.calls.length, world.store.writes];
  await attempt().catch(() => undefined);
  return [world.vendor.calls.length - calls, world.store.writes - writes];
}

async function fromOf(store: MemoryStateStore): Promise<Plan["from"]> {
  const found = await readState(store, never);
  return { lineage: found?.state.lineage ?? "", serial: found?.state.serial ?? 0 };
}

it("a plan with problems is refused with each of them and its fix, and nothing is done", async () => {
  await deploy(stack, world);
  world.store = new MemoryStateStore();
  const made = await planOf(stack, world);
  const refused = await apply(made, world).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "PLAN_REFUSED", details: { problems: made.problems } });
  expect(String(refused)).toContain("this alone with --adopt tasks");
  expect(await effects(() => apply(made, world))).toEqual([0, 0]);
});

it("a plan of another state is refused, and nothing is done", async () => {
  const first = await planOf(stack, world);
  await deploy(lowered(tasks), world);
  await expect(apply(first, world)).rejects.toMatchObject({ code: "PLAN_STALE" });
  const second = await planOf(stack, world);
  await deploy(lowered(tasks, worker), world);
  await expect(apply(second, world)).rejects.toThrow("from serial 3 to 5");
  expect(await effects(() => apply(second, world))).toEqual([0, 0]);
});

it("a plan for another account, or of a newer version, is refused", async () => {
  const made = await planOf(stack, world);
  const place = { ...toyPlace, settings: { account: "8" } };
  await expect(apply({ ...made, place }, world)).rejects.toMatchObject({ code: "PLACE_CHANGED" });
  // As a newer program would write it.
  const newer = { ...made, version: 2 } as unknown as Plan;
  await expect(apply(newer, world)).rejects.toMatchObject({ code: "STATE_VERSION" });
});

it("a plan that was kept as JSON is applied as it was made", async () => {
  const made: unknown = JSON.parse(JSON.stringify(await planOf(stack, world)));
  // JSON is what a plan is.
  const result = await apply(made as Plan, world);
  expect(result.done).toHaveLength(3);
});

it("a locked state is refused before anything is done", async () => {
  const made = await planOf(stack, world);
  await StateSession.open(world.store, {
    owner: "bob",
    operation: "deploy",
    place: toyPlace,
    clock: new VirtualClock(world.clock.now()),
    signal: never,
  });
  // Before anybody looked at the state.
  const fresh = { ...made, from: await fromOf(world.store) };
  await expect(apply(fresh, world)).rejects.toMatchObject({ code: "STATE_LOCKED" });
  // A plan that is stale as well: who is at work says more.
  const stale = { ...fresh, from: { ...fresh.from, serial: fresh.from.serial - 1 } };
  await expect(apply(stale, world)).rejects.toMatchObject({ code: "STATE_LOCKED" });
  expect(await effects(() => apply(fresh, world))).toEqual([0, 0]);
});

it("what somebody changed since the plan was made stops the step, and names it", async () => {
  await deploy(stack, world);
  const made = await planOf(
    lowered(queuePart("tasks", { config: { size: 5, color: "red" } }), worker, link),
    world,
  );
  const [queue] = [...world.vendor.things.values()].filter(({ kind }) => kind === "queue");
  if (queue !== undefined) queue.settings = { ...queue.settings, extra: "by hand" };
  const result = await apply(made, world);
  expect(result.failed.map(({ error }) => [error.code, error.message])).toEqual([
    ["PLAN_STALE", 'toy-queue "shop-dev-tasks" was changed in extra since the plan was made'],
  ]);
  expect(queue?.settings).toMatchObject({ size: 1, extra: "by hand" });
});

it("what somebody deleted since the plan was made is not made again by an update", async () => {
  await deploy(stack, world);
  const made = await planOf(
    lowered(queuePart("tasks", { config: { size: 5, color: "red" } })),
    world,
  );
  for (const [id, { kind }] of world.vendor.things)
    if (kind === "queue") world.vendor.things.delete(id);
  const result = await apply(made, world);
  expect(result.failed.map(({ error }) => error.code)).toEqual(["PLAN_STALE"]);
});

it("what somebody made since the plan was made is not taken over", async () => {
  const made = await planOf(stack, world);
  const { controllers } = world.cloud;
  const owner = { stack: "bank", stage: "live", part: "x" };
  const signal = never;
  const artifact = () => Promise.reject(new TypeError("none"));
  const config = { size: 1, color: "red" };
  const { clock } = world;
  await controllers["toy-queue"]?.create(
    { owner, name: tasks.name, config, clock, signal, artifact },
    config,
  );
  const result = await apply(made, world);
  expect(result.failed.map(({ step, error }) => [step.part, error.code])).toEqual([
    [tasks.id, "NAME_TAKEN"],
  ]);
  expect(result.held.map(({ step, behind }) => [step.part, behind])).toEqual([[link.id, tasks.id]]);
});

it("what came into a queue since the plan was made is not lost with it", async () => {
  await deploy(stack, world);
  const made = await planOf(lowered(worker), world);
  for (const thing of world.vendor.things.values()) if (thing.kind === "queue") thing.messages = 2;
  const result = await apply(made, world);
  expect(result.failed.map(({ error }) => [error.code, error.fix])).toEqual([
    ["DATA_LOSS", "Take it out first, or plan again with --allow-data-loss tasks."],
  ]);
  expect([...world.vendor.things.values()].map(({ kind }) => kind).sort()).toEqual([
    "queue",
    "role",
  ]);
});

it("a file of the plan that is gone, or is another one, is refused", async () => {
  const directory = await mkdtemp(join(tmpdir(), "alien-apply-"));
  const sha256 = createHash("sha256").update("code").digest("hex");
  const made = { ...(await planOf(stack, world)), artifacts: { [sha256]: "bundle.zip" } };
  const applyThere = (cloud: Cloud) =>
    applyPlan(made, { ...world, cloud, directory, owner: "ann", signal: never });
  try {
    await expect(applyThere(world.cloud)).rejects.toMatchObject({ code: "PLAN_REFUSED" });
    expect(await effects(() => applyThere(world.cloud))).toEqual([0, 0]);
    await writeFile(join(directory, "bundle.zip"), "other code");
    const uploading = withController(world.cloud, "toy-role", (right) => ({
      create: async (context, config) => {
        await context.artifact(sha256);
        return right.create(context, config);
      },
    }));
    const result = await applyThere(uploading);
    expect(result.failed.map(({ error }) => error.message)).toEqual([
      "the file bundle.zip of the plan has changed since the plan was made",
    ]);
    expect(result.failed[0]?.error.code).toBe("PLAN_REFUSED");
  } finally {
    await rm(directory, { recursive: true });
  }
});
