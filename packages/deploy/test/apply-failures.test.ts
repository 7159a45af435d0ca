import { AlienError } from "@alienplatform/core";
import { beforeEach, expect, it } from "vitest";
import {
  type ApplyEvent,
  MemoryStateStore,
  type Part,
  ref,
  type State,
  unlock,
} from "../src/index.ts";
import { apply, type Deployment, deploy, planOf } from "./toy/deploy.ts";
import { withController } from "./toy/toy-platform.ts";
import { linkPart, lowered, queuePart, rolePart, toyWorld } from "./toy/toy-stack.ts";
import { ToyError } from "./toy/toy-vendor.ts";

const tasks = queuePart("tasks");
const worker = rolePart("worker");
const link = linkPart(tasks, worker);
const stack = lowered(link, tasks, worker);
const never = new AbortController().signal;
let world = { ...toyWorld(), store: new MemoryStateStore() };
let events: string[] = [];

beforeEach(() => {
  world = { ...toyWorld(), store: new MemoryStateStore() };
  events = [];
});

function watched(deployment: Deployment): Deployment {
  const onEvent = (event: ApplyEvent) =>
    void events.push("step" in event ? `${event.kind} ${event.step.part}` : event.kind);
  return { ...deployment, onEvent };
}

it("a failure holds what needs it, lets the rest go on, and is all that is reported", async () => {
  const cloud = withController(world.cloud, "toy-queue", () => ({
    create: () => Promise.reject(new Error("the quota is reached")),
  }));
  const result = await deploy(stack, watched({ ...world, cloud }));
  expect(result.done.map(({ part }) => part)).toEqual([worker.id]);
  expect(result.failed.map(({ step, error }) => [step.part, error.message])).toEqual([
    [tasks.id, 'creating toy-queue "shop-dev-tasks" failed: Error: the quota is reached'],
  ]);
  expect(result.held.map(({ step, behind }) => [step.part, behind])).toEqual([[link.id, tasks.id]]);
  expect(events.sort()).toEqual([
    `done ${worker.id}`,
    `failed ${tasks.id}`,
    `held ${link.id}`,
    "locked",
    `started ${worker.id}`,
    `started ${tasks.id}`,
  ]);
});

it("after a failure the state has what was begun, and its lock is free", async () => {
  const cloud = withController(world.cloud, "toy-queue", () => ({
    create: () => Promise.reject(new Error("no")),
  }));
  const { state } = await deploy(stack, { ...world, cloud });
  expect(state?.lock).toBeUndefined();
  const statuses = Object.entries(state?.parts ?? {}).map(([id, { status }]) => [id, status]);
  expect(Object.fromEntries(statuses)).toEqual({ [worker.id]: "ready", [tasks.id]: "creating" });
  // Its id is known only when it is there.
  expect(state?.bindings).toEqual({});
  await deploy(stack, world);
  expect(world.vendor.made).toBe(3);
});

it("what may pass is tried again with growing pauses, for about two minutes", async () => {
  const cloud = withController(world.cloud, "toy-queue", () => ({
    create: () => Promise.reject(new ToyError("throttled", "too many calls")),
  }));
  const began = world.clock.now();
  const result = await deploy(lowered(tasks), watched({ ...world, cloud }));
  expect(result.failed[0]?.error).toMatchObject({ code: "THROTTLED", retryable: true });
  const waits = events.filter((event) => event.startsWith("waiting"));
  expect(waits.length).toBeGreaterThan(5);
  expect(waits.length).toBeLessThan(20);
  const tookMs = world.clock.now() - began;
  expect(tookMs).toBeGreaterThan(90_000);
  expect(tookMs).toBeLessThan(150_000);
});

it("a service that asks to be left alone is left alone for so long", async () => {
  let failures = 0;
  const times: number[] = [];
  const cloud = withController(world.cloud, "toy-queue", (right) => ({
    create: (context, config) => {
      times.push(world.clock.now());
      const details = { retryAfterMs: 30_000 };
      if (failures++ === 0) throw new AlienError("THROTTLED", "slow", { retryable: true, details });
      return right.create(context, config);
    },
  }));
  await deploy(lowered(tasks), { ...world, cloud });
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(30_000);
});

it("what was made but is not shown yet is waited for, and not made again", async () => {
  let hidden = 3;
  const cloud = withController(world.cloud, "toy-queue", (right) => ({
    read: async (context) => {
      const remote = await right.read(context);
      return remote !== undefined && hidden-- > 0 ? undefined : remote;
    },
    update: (context, config, remote, changes) => {
      if (hidden === 3) throw new ToyError("lost", "no answer");
      return right.update(context, config, remote, changes);
    },
    create: async (context) => right.create(context, { size: 1, color: "red", extra: "late" }),
  }));
  const result = await deploy(lowered(tasks), watched({ ...world, cloud }));
  expect(result.failed).toEqual([]);
  expect(world.vendor.made).toBe(1);
  expect(events.filter((event) => event.startsWith("waiting")).length).toBe(4);
});

it("the id of what was made is stored before anything else is asked of the vendor", async () => {
  let known: string | undefined;
  const cloud = withController(world.cloud, "toy-queue", (right) => ({
    create: (context) => right.create(context, { color: "red" }),
    update: async (context, config, remote, changes) => {
      known = (await world.store.read())?.text;
      return right.update(context, config, remote, changes);
    },
  }));
  await deploy(lowered(tasks), { ...world, cloud });
  expect(known).toContain('"id": "queue-1"');
});

it("what may be made is written down before the vendor is asked to make it", async () => {
  const known: string[] = [];
  const cloud = withController(world.cloud, "toy-link", (right) => ({
    create: async (context, config) => {
      known.push((await world.store.read())?.text ?? "");
      return right.create(context, config);
    },
  }));
  await deploy(stack, { ...world, cloud });
  // As it is stored, with its two ends, by which it is found.
  const state = JSON.parse(known[0] ?? "") as State;
  expect(state.parts[link.id]).toMatchObject({
    status: "creating",
    config: { from: "queue-2", to: "role-1", rate: 1 },
  });
});

it("what may have been made is not made again by a run that is told to stop meanwhile", async () => {
  const abort = new AbortController();
  let reads = 0;
  const cloud = withController(world.cloud, "toy-link", (right) => ({
    // It lags behind, and the third look is interrupted.
    read: async () => {
      reads += 1;
      if (reads === 3) abort.abort();
      return undefined;
    },
    create: async (context, config) => {
      await right.create(context, config);
      throw new ToyError("lost", "no answer");
    },
  }));
  const made = await planOf(stack, world);
  const result = await apply(made, { ...world, cloud, signal: abort.signal });
  expect(result.interrupted.map(({ part }) => part)).toEqual([link.id]);
  expect(world.vendor.twins).toBe(0);
  expect((await deploy(stack, world)).failed).toEqual([]);
  expect([world.vendor.made, world.vendor.twins]).toEqual([3, 0]);
});

it("an update that does not take is a failure that names what still differs", async () => {
  await deploy(lowered(tasks), world);
  const cloud = withController(world.cloud, "toy-queue", () => ({
    update: async (_context, _config, remote) => remote,
  }));
  const wanted = lowered(queuePart("tasks", { config: { size: 2, color: "red" } }));
  const result = await deploy(wanted, { ...world, cloud });
  expect(result.failed.map(({ error }) => [error.code, error.message])).toEqual([
    ["PART_FAILED", 'toy-queue "shop-dev-tasks" was changed, but still differs in size'],
  ]);
});

it("when it is aborted no step is begun, running ones are told, and the lock is given back", async () => {
  const abort = new AbortController();
  const cloud = withController(world.cloud, "toy-queue", () => ({
    create: ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(new AlienError("ABORTED", "told to end")));
        abort.abort();
      }),
  }));
  const result = await deploy(stack, { ...world, cloud, signal: abort.signal });
  expect(result.because?.code).toBe("ABORTED");
  expect(result.interrupted.map(({ part }) => part)).toEqual([tasks.id]);
  expect(result.stopped.map(({ part }) => part)).toContain(link.id);
  expect(result.failed).toEqual([]);
  expect(result.state?.lock).toBeUndefined();
  expect(result.state?.parts[link.id]).toBeUndefined();
  expect((await deploy(stack, world)).failed).toEqual([]);
  expect(world.vendor.made).toBe(3);
});

it("what is refused in passing when all is stopped has not failed, and nobody is told so", async () => {
  const abort = new AbortController();
  const cloud = withController(world.cloud, "toy-queue", () => ({
    create: async () => {
      abort.abort();
      throw new AlienError("THROTTLED", "too many calls", { retryable: true });
    },
  }));
  const kinds: string[] = [];
  const onEvent = ({ kind }: { readonly kind: string }) => void kinds.push(kind);
  const result = await deploy(lowered(tasks), { ...world, cloud, signal: abort.signal, onEvent });
  expect([result.failed, result.interrupted.map(({ part }) => part)]).toEqual([[], [tasks.id]]);
  expect(kinds).toEqual(["locked", "started", "interrupted"]);
});

it("who has lost the lock stops, and writes nothing more", async () => {
  const cloud = withController(world.cloud, "toy-queue", (right) => ({
    create: async (context, config) => {
      await unlock(world.store, { clock: world.clock, signal: never });
      return right.create(context, config);
    },
  }));
  const result = await deploy(stack, { ...world, cloud });
  expect(result.because?.code).toBe("LOCK_LOST");
  expect(result.interrupted.map(({ part }) => part)).toContain(tasks.id);
  expect(result.stopped.map(({ part }) => part)).toEqual([link.id]);
  expect(world.vendor.made).toBeLessThan(3);

  // Whoever comes next finds what was made before.
  expect((await deploy(stack, world)).failed).toEqual([]);
  expect(world.vendor.made).toBe(3);
});

it("no more steps than its limit work with one API at once", async () => {
  let [working, most] = [0, 0];
  const cloud = withController(world.cloud, "toy-queue", (right) => ({
    create: async (context, config) => {
      working += 1;
      most = Math.max(most, working);
      for (let turns = 0; turns < 5; turns++) await Promise.resolve();
      working -= 1;
      return right.create(context, config);
    },
  }));
  const queues = Array.from({ length: 12 }, (_, index) => queuePart(`q${index}`));
  await deploy(lowered(...queues), { ...world, cloud });
  expect([most, world.vendor.made]).toEqual([3, 12]);
});

it("what was put off by a failure is put back in the state as it was", async () => {
  await deploy(stack, world);
  const before = await world.store.read();
  const cloud = withController(world.cloud, "toy-queue", () => ({
    update: () => Promise.reject(new Error("no")),
  }));
  const wanted = lowered(
    queuePart("tasks", { config: { size: 2, color: "red" } }),
    worker,
    linkPart(tasks, worker, { config: { ...link.config, rate: 5 } }),
  );
  const result = await apply(await planOf(wanted, world), { ...world, cloud });
  expect(result.held.map(({ step }) => step.part)).toEqual([link.id]);
  // As it was parsed.
  const parsed = JSON.parse(before?.text ?? "") as { parts: Record<string, unknown> };
  expect(result.state?.parts[link.id]).toEqual(parsed.parts[link.id]);
  expect(result.state?.parts[tasks.id]?.status).toBe("updating");
});

it("a part whose id has changed, and whose step was put off, stays under its former id", async () => {
  const user = rolePart("user");
  await deploy(lowered(tasks, user), world);
  const cloud = withController(world.cloud, "toy-queue", () => ({
    update: () => Promise.reject(new Error("no")),
  }));
  const changed = queuePart("tasks", { config: { size: 2, color: "red" } });
  const moved = rolePart("user", { id: "role/user", after: [changed.id] });
  const result = await apply(await planOf(lowered(changed, moved), world), { ...world, cloud });
  expect(Object.keys(result.state?.parts ?? {}).sort()).toEqual([user.id, tasks.id]);
  expect((await deploy(lowered(changed, moved), world)).failed).toEqual([]);
  expect(world.vendor.made).toBe(2);
});

it("a part that goes back to its former name under another id does not lose its thing", async () => {
  const user = (queue: Part) => rolePart("user", { config: { grants: ref(queue.id, "id") } });
  const named = (id: string, name: string) => queuePart("tasks", { id, name });
  const first = named("queues/tasks", "shop-dev-tasks");
  await deploy(lowered(first, user(first)), world);
  const renamed = named("queues/tasks", "shop-dev-tasks.new");
  const failing = (type: string, method: "delete" | "update") =>
    withController(world.cloud, type, () => ({ [method]: () => Promise.reject(new Error("no")) }));
  const undeleted = { ...world, cloud: failing("toy-queue", "delete") };
  await deploy(lowered(renamed, user(renamed)), undeleted);
  const back = named("queue/tasks", "shop-dev-tasks");
  const wanted = lowered(back, user(back));
  const result = await deploy(wanted, { ...world, cloud: failing("toy-role", "update") });
  expect(result.held.map(({ step }) => step.name)).toEqual([renamed.name]);
  expect(result.state?.parts[back.id]?.name).toBe(back.name);
  expect(result.state?.parts[renamed.id]).toMatchObject({ name: renamed.name });
  expect((await deploy(wanted, world)).failed).toEqual([]);
  const names = [...world.vendor.things.values()].map(({ key }) => key);
  expect(names.sort()).toEqual(["shop-dev-tasks", "shop-dev-user"]);
});

it("an intent does not name what its plan replaces", async () => {
  await deploy(stack, world);
  const known: string[] = [];
  const cloud = withController(world.cloud, "toy-queue", (right) => ({
    create: async (context, config) => {
      known.push((await world.store.read())?.text ?? "");
      return right.create(context, config);
    },
  }));
  const renamed = queuePart("tasks", { name: "shop-dev-tasks.fifo" });
  await deploy(lowered(linkPart(renamed, worker), worker, renamed), { ...world, cloud });
  // As it is stored.
  const state = JSON.parse(known[0] ?? "") as State;
  expect(state.parts[link.id]).toMatchObject({
    config: { from: { $unknown: "queue/tasks.id" }, to: "role-1" },
    former: [{ config: { from: "queue-2", to: "role-1" } }],
  });
});
