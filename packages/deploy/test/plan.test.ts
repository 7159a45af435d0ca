import { expect, it } from "vitest";
import {
  type Json,
  join,
  jsonText,
  type Part,
  type PartState,
  type Plan,
  type PlanInput,
  plan,
  ref,
  type State,
} from "../src/index.ts";
import { type ToyRemote, toyControllers, toyPlace } from "./toy/toy-platform.ts";
import { linkPart, lowered, openLine, queuePart, rolePart } from "./toy/toy-stack.ts";
import { ToyVendor } from "./toy/toy-vendor.ts";

const controllers = toyControllers(new ToyVendor().client(openLine));
const owner = { stack: "shop", stage: "dev", part: "any" };
const tasks = queuePart("tasks");
const worker = rolePart("worker");
const link = linkPart(tasks, worker);

function remote(part: Part, more: Partial<ToyRemote> = {}): ToyRemote {
  const settings = Object.fromEntries(
    Object.entries(part.config).flatMap(([key, value]) =>
      typeof value === "string" || typeof value === "number" ? [[key, value]] : [],
    ),
  );
  const id = `id of ${part.name}`;
  return { id, owner, attributes: { id, url: `toy://${part.name}` }, settings, ...more };
}

function entry(part: Part, more: Partial<PartState> = {}): PartState {
  const { type, name, resource, config } = part;
  const status = "ready";
  // A part's config is JSON.
  const json = config as Json;
  return {
    type,
    name,
    resource,
    status,
    config: json,
    remote: remote(part),
    dependsOn: [],
    ...more,
  };
}

function stateOf(parts: Readonly<Record<string, PartState>>): State {
  return { version: 1, lineage: "l", serial: 4, fence: 2, place: toyPlace, parts, bindings: {} };
}

function planOf(
  parts: readonly Part[],
  known: Readonly<Record<string, PartState>>,
  reads: readonly (readonly [Part, ToyRemote])[],
  more: Partial<PlanInput> = {},
): Plan {
  return plan({
    lowered: lowered(...parts),
    place: toyPlace,
    controllers,
    state: stateOf(known),
    reads: new Map(reads.map(([part, found]) => [`${part.type} ${part.name}`, found])),
    ...more,
  });
}

it("what is not there is made, with what follows from names known and the rest not", () => {
  const user = rolePart("user", {
    config: {
      url: ref(tasks.id, "url"),
      text: join("send to ", ref(tasks.id, "id")),
      policy: jsonText({ on: ref(tasks.id, "id") }),
    },
  });
  const there = remote(user, { settings: {} });
  const made = planOf([user, tasks], { [user.id]: entry(user, { config: {} }) }, [[user, there]]);
  expect(made.steps.map(({ part, action }) => [part, action])).toEqual([
    ["queue/tasks", "create"],
    ["function/user/role", "update"],
  ]);
  expect(made.steps[1]?.changes).toEqual([
    { path: "policy", to: { $unknown: "queue/tasks.id" } },
    { path: "text", to: { $unknown: "queue/tasks.id" } },
    { path: "url", to: "toy://shop-dev-tasks" },
  ]);
  expect(made.steps[1]?.after).toEqual(["queue/tasks"]);
});

it("a plan says which state it was made from", () => {
  expect(planOf([], {}, []).from).toEqual({ lineage: "l", serial: 4 });
  expect(planOf([], {}, [], { state: undefined }).from).toEqual({ serial: 0 });
});

it("a plan says what the platform keeps otherwise than it is declared, before what its code may do", () => {
  const kept = { resource: "tasks", warning: "waits double" };
  const loaded = { resource: "worker", warning: "cannot be loaded" };
  const plan = planOf([], {}, [], {
    lowered: { ...lowered(tasks), warnings: [kept] },
    code: { problems: [], warnings: [loaded] },
  });
  expect(plan.warnings).toEqual([kept, loaded]);
  expect(planOf([tasks], {}, [])).not.toHaveProperty("warnings");
});

it("what the declaration changes is no drift, what somebody else changed is", () => {
  const wanted = queuePart("tasks", { config: { size: 2, color: "red" } });
  const there = remote(tasks, { settings: { size: 1, color: "red", extra: "by hand" } });
  const made = planOf([wanted], { [tasks.id]: entry(tasks) }, [[tasks, there]]);
  expect(made.steps[0]?.changes).toEqual([
    { path: "extra", from: "by hand", drift: true },
    { path: "size", from: 1, to: 2 },
  ]);
});

it("a setting that the author changes or takes away is the author's change, whatever is there", () => {
  const declared = queuePart("tasks", { config: { size: 1, color: "red", secret: "x" } });
  const there = remote(tasks, { settings: { size: 7, color: "red", secret: "(not shown)" } });
  const wanted = queuePart("tasks", { config: { size: 2, color: "red" } });
  const made = planOf([wanted], { [tasks.id]: entry(declared) }, [[tasks, there]]);
  expect(made.steps[0]?.changes).toEqual([
    { path: "secret", from: "(not shown)" },
    { path: "size", from: 7, to: 2 },
  ]);
});

it("what an interrupted deploy left half done is nobody's drift", () => {
  const there = remote(tasks, { settings: { size: 9, color: "red" } });
  const known = { [tasks.id]: entry(tasks, { status: "updating" }) };
  const made = planOf([tasks], known, [[tasks, there]]);
  expect(made.steps[0]?.changes).toEqual([{ path: "size", from: 9, to: 1 }]);
});

it("what was deleted by somebody else is made again, and the plan says why", () => {
  const made = planOf([tasks], { [tasks.id]: entry(tasks) }, []);
  expect(made.steps[0]).toMatchObject({
    action: "create",
    because: "it was deleted by somebody else",
  });
});

it("what was interrupted before it was made is made without further words", () => {
  const { remote: _, ...never } = entry(tasks, { status: "creating" });
  const made = planOf([tasks], { [tasks.id]: never }, []);
  expect(made.steps[0]?.action).toBe("create");
  expect(made.steps[0]?.because).toBeUndefined();
});

it("a change that the vendor cannot make replaces, and says what is lost", () => {
  const wanted = queuePart("tasks", { config: { size: 1, color: "blue" } });
  const there = remote(tasks, { holds: "12 messages" });
  const known = { [tasks.id]: entry(tasks) };
  const made = planOf([wanted], known, [[tasks, there]]);
  expect(made.steps[0]).toMatchObject({
    action: "replace",
    loses: "12 messages",
    changes: [{ path: "color", from: "red", to: "blue", replaces: "the vendor fixes it" }],
  });
  expect(made.problems).toEqual([
    {
      code: "DATA_LOSS",
      part: "queue/tasks",
      problem: 'replacing toy-queue "shop-dev-tasks" loses 12 messages',
      fix: "Take it out first, or accept the loss with --allow-data-loss tasks.",
    },
  ]);
  const allowed = planOf([wanted], known, [[tasks, there]], { allowDataLoss: ["tasks"] });
  expect(allowed.problems).toEqual([]);
  expect(allowed.allowDataLoss).toEqual(["tasks"]);
});

it("what only says something of others is asked about where it is replaced, and not where it goes", () => {
  const aside = remote(tasks, { holds: "3 keys", isAside: true });
  const known = { [tasks.id]: entry(tasks) };
  const gone = planOf([], known, [[tasks, aside]]);
  expect(gone.steps.map(({ action, loses }) => [action, loses])).toEqual([["delete", undefined]]);
  expect(gone.problems).toEqual([]);
  const changed = queuePart("tasks", { config: { size: 1, color: "blue" } });
  const renamed = queuePart("tasks", { name: "shop-dev-tasks.fifo", known: {} });
  for (const other of [changed, renamed]) {
    const made = planOf([other], known, [[tasks, aside]]);
    expect(made.steps.flatMap(({ loses }) => loses ?? [])).toEqual(["3 keys"]);
    expect(made.problems.map(({ code }) => code)).toEqual(["DATA_LOSS"]);
  }
});

it("another name makes the new one first, then what uses it, and deletes the former at the end", () => {
  const renamed = queuePart("tasks", { name: "shop-dev-tasks.fifo", known: {} });
  const used = linkPart(renamed, worker);
  const ends = { from: `id of ${tasks.name}`, to: `id of ${worker.name}`, rate: 1 };
  const known = {
    [tasks.id]: entry(tasks),
    [worker.id]: entry(worker),
    [link.id]: entry(link, { config: ends, dependsOn: [tasks.id, worker.id] }),
  };
  const made = planOf([used, renamed, worker], known, [
    [tasks, remote(tasks, { holds: "3 messages" })],
    [worker, remote(worker)],
    [link, remote(link, { settings: ends })],
  ]);
  expect(made.steps.map(({ part, action, name }) => [action, part, name])).toEqual([
    ["none", worker.id, worker.name],
    ["replace", renamed.id, renamed.name],
    ["replace", used.id, used.name],
    ["delete", link.id, link.name],
    ["delete", tasks.id, tasks.name],
  ]);
  const [, , , , last] = made.steps;
  expect(last?.after).toEqual([tasks.id, link.id]);
  expect(last?.because).toBe('"shop-dev-tasks.fifo" takes its place');
  expect(made.problems.map(({ code }) => code)).toEqual(["DATA_LOSS"]);
});

it("what is wanted no more is deleted in the order of the state's own edges", () => {
  const known = {
    [tasks.id]: entry(tasks),
    [worker.id]: entry(worker, { dependsOn: [tasks.id] }),
    [link.id]: entry(link, { dependsOn: [worker.id] }),
  };
  const made = planOf([], known, [
    [tasks, remote(tasks)],
    [worker, remote(worker)],
    [link, remote(link)],
  ]);
  expect(made.steps.map(({ part, action, after }) => [action, part, after])).toEqual([
    ["delete", link.id, []],
    ["delete", worker.id, [link.id]],
    ["delete", tasks.id, [worker.id]],
  ]);
});

it("what is gone, or is somebody else's by now, is forgotten and not deleted", () => {
  const other = { stack: "bank", stage: "live", part: "x" };
  const made = planOf([], { [tasks.id]: entry(tasks), [worker.id]: entry(worker) }, [
    [worker, remote(worker, { owner: other })],
  ]);
  expect(made.steps.map(({ part, action, because }) => [part, action, because])).toEqual([
    [tasks.id, "forget", "it is gone"],
    [worker.id, "forget", 'it is of stack "bank", stage "live" now'],
  ]);
});

it("what nobody's state has is a problem, by whose mark it carries, until it is adopted", () => {
  const there = remote(tasks, { settings: { size: 7, color: "red" } });
  const { owner: _, ...unmarked } = there;
  expect(planOf([tasks], {}, [[tasks, there]]).problems[0]?.code).toBe("STATE_LOST");
  expect(planOf([tasks], {}, [[tasks, unmarked]]).problems[0]?.code).toBe("NAME_TAKEN");
  for (const adopt of [["tasks"], ["all"]]) {
    const made = planOf([tasks], {}, [[tasks, unmarked]], { adopt });
    expect(made.problems).toEqual([]);
    expect(made.steps[0]).toMatchObject({
      action: "adopt",
      changes: [
        { path: "size", from: 7, to: 1 },
        { path: "owner", to: 'stack "shop", stage "dev"' },
      ],
    });
  }
  expect(planOf([tasks], {}, [[tasks, unmarked]], { adopt: ["mail"] }).problems).toHaveLength(1);
});

it("a part that was being made, and is there unmarked, may be somebody else's", () => {
  const { owner: _, ...unmarked } = remote(tasks);
  const { remote: __, ...never } = entry(tasks, { status: "creating" });
  const made = planOf([tasks], { [tasks.id]: never }, [[tasks, unmarked]]);
  expect(made.problems.map(({ code }) => code)).toEqual(["NAME_TAKEN"]);
});

it("marks that are missing are put back", () => {
  const { owner: _, ...unmarked } = remote(tasks);
  const made = planOf([tasks], { [tasks.id]: entry(tasks) }, [[tasks, unmarked]]);
  expect(made.problems).toEqual([]);
  expect(made.steps[0]?.changes).toEqual([
    { path: "owner", to: 'stack "shop", stage "dev"', drift: true },
  ]);
});

it("two parts of one type with one name are a problem that names both", () => {
  const twin = queuePart("mail", { name: tasks.name });
  expect(planOf([tasks, twin], {}, []).problems).toEqual([
    {
      code: "NAME_COLLISION",
      part: "queue/mail",
      problem: '"queue/tasks" and "queue/mail" would both be toy-queue "shop-dev-tasks"',
      fix: 'Give "tasks" or "mail" another id in alien.ts.',
    },
  ]);
});

it("a name that another part gives up in the same plan is a problem", () => {
  const mail = queuePart("mail", { name: tasks.name });
  const moved = queuePart("tasks", { name: "shop-dev-tasks.fifo" });
  const made = planOf([mail, moved], { [tasks.id]: entry(tasks) }, [[tasks, remote(tasks)]]);
  expect(made.problems.map(({ code, part }) => [code, part])).toEqual([
    ["NAME_COLLISION", "queue/mail"],
  ]);
});

it("a part whose id has changed keeps its thing", () => {
  const moved = { ...tasks, id: "queues/tasks" };
  const made = planOf([moved], { [tasks.id]: entry(tasks) }, [[tasks, remote(tasks)]]);
  expect(made.steps.map(({ part, action }) => [part, action])).toEqual([["queues/tasks", "none"]]);
});

it("a state of another account is refused, and nothing is planned", () => {
  const place = { ...toyPlace, settings: { account: "8" } };
  const made = planOf([tasks], { [tasks.id]: entry(tasks) }, [], { place });
  expect(made.steps).toEqual([]);
  expect(made.problems.map(({ code }) => code)).toEqual(["PLACE_CHANGED"]);
  expect(made.problems[0]?.problem).toContain("account 7");
  expect(made.problems[0]?.problem).toContain("account 8");
});

it("parts in a circle, and references to nothing, are a platform's mistake", () => {
  const one = rolePart("one", { config: { other: ref("function/two/role", "id") } });
  const two = rolePart("two", { after: ["function/one/role"] });
  expect(() => planOf([one, two], {}, [])).toThrow(
    "parts need each other in a circle: function/one/role -> function/two/role -> function/one/role",
  );
  expect(() => planOf([one], {}, [])).toThrow('"function/one/role" needs "function/two/role"');
});

it("the same input gives the same plan, which is JSON", () => {
  const known = { [tasks.id]: entry(tasks), [worker.id]: entry(worker) };
  const make = () => planOf([link, tasks, worker], known, [[worker, remote(worker)]]);
  expect(make()).toEqual(make());
  expect(JSON.parse(JSON.stringify(make()))).toEqual(make());
});
