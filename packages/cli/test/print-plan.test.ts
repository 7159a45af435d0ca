import type { Plan, Step } from "@alienplatform/deploy";
import picocolors from "picocolors";
import { expect, it } from "vitest";
import { printPlan } from "../src/print/plan.ts";

const plain = picocolors.createColors(false);

const step = (given: Partial<Step>): Step => ({
  part: "queue/tasks",
  type: "queue",
  name: "shop-dev-tasks",
  resource: "tasks",
  action: "update",
  changes: [],
  after: [],
  ...given,
});

const plan = (given: Partial<Plan>): Plan => ({
  version: 1,
  operation: "deploy",
  place: { platform: "mars", stack: "shop", stage: "dev", settings: { account: "7" } },
  from: { serial: 3 },
  steps: [],
  problems: [],
  parts: [],
  bindings: {},
  allowDataLoss: [],
  artifacts: {},
  ...given,
});

it("a plan shows what it makes with every setting, references in words", () => {
  const config = {
    lease: 30,
    tags: {},
    actions: ["read", "write"],
    role: { $ref: "function/worker/role", attribute: "arn" },
    url: { $join: ["mars://", { $ref: "queue/tasks", attribute: "name" }] },
    environment: { BINDING: { $json: { url: { $ref: "queue/tasks", attribute: "url" } } } },
  };
  const part = {
    id: "queue/tasks",
    type: "queue",
    name: "shop-dev-tasks",
    resource: "tasks",
    config,
  };
  expect(
    printPlan(plan({ steps: [step({ action: "create" })], parts: [part] }), plain, {
      settings: true,
    }),
  ).toBe(
    [
      "shop on mars, stage dev (account 7)",
      "",
      "tasks",
      "  + queue  shop-dev-tasks",
      "      lease  30",
      "      tags  {}",
      "      actions  read, write",
      "      role  (arn of function/worker/role)",
      "      url  mars://(name of queue/tasks)",
      `      environment.BINDING  {"url":"(url of queue/tasks)"}`,
      "",
      "1 to create",
    ].join("\n"),
  );
});

it("a plan without settings names what it makes", () => {
  const part = { id: "queue/tasks", type: "queue", name: "a", resource: "tasks", config: { a: 1 } };
  const steps = [step({ action: "create" })];
  expect(printPlan(plan({ steps, parts: [part] }), plain, { settings: false })).toContain(
    "  + queue  shop-dev-tasks\n\n1 to create",
  );
});

it("a plan shows each change, whose it was, and what it costs", () => {
  const steps = [
    step({
      changes: [
        { path: "lease", from: 30, to: 60 },
        { path: "environment.OLD", from: "a" },
        { path: "role", to: { $unknown: "function/worker/role.arn" } },
        { path: "retention", from: 5, to: 7, drift: true },
      ],
    }),
    step({
      part: "queue/mail",
      resource: "mail",
      name: "shop-dev-mail",
      action: "replace",
      loses: "about 12 messages",
      changes: [{ path: "fifo", from: false, to: true, replaces: "a queue keeps its kind" }],
    }),
    step({ part: "queue/old", resource: "old", name: "shop-dev-old", action: "delete" }),
    step({ part: "queue/same", resource: "same", action: "none" }),
  ];
  expect(printPlan(plan({ steps }), plain, { settings: true })).toBe(
    [
      "shop on mars, stage dev (account 7)",
      "",
      "tasks",
      "  ~ queue  shop-dev-tasks",
      "      lease  30 -> 60",
      "      environment.OLD  a -> taken away",
      "      role  (known after apply)",
      "      retention  5 -> 7  changed by somebody else",
      "",
      "mail",
      "  ± queue  shop-dev-mail  loses about 12 messages",
      "      fifo  false -> true  a new one, because a queue keeps its kind",
      "",
      "old",
      "  - queue  shop-dev-old",
      "",
      "1 to change, 1 to replace, 1 to delete, 1 as they are",
    ].join("\n"),
  );
});

it("a change shows the fields of a structure, or of a text of JSON, that differ", () => {
  const binding = (leaseMs: number) => JSON.stringify({ queue: "tasks", options: { leaseMs } });
  const changes = [
    { path: "environment.BINDING", from: binding(30), to: binding(45) },
    { path: "policy", from: { Action: ["a"], Old: 1 }, to: { Action: ["a", "b"] } },
    { path: "text", from: "{no json", to: "[none" },
    { path: "order", from: '{"a":1,"b":2}', to: '{"b":2,"a":1}' },
  ];
  const text = printPlan(plan({ steps: [step({ changes })] }), plain, { settings: true });
  expect(text.split("\n").slice(4, -2)).toEqual([
    "      environment.BINDING.options.leaseMs  30 -> 45",
    "      policy.Action  a -> a, b",
    "      policy.Old  1 -> taken away",
    "      text  {no json -> [none",
    '      order  {"a":1,"b":2} -> {"b":2,"a":1}',
  ]);
});

it("a plan that changes nothing says so", () => {
  expect(
    printPlan(plan({ steps: [step({ action: "none" })] }), plain, { settings: true }),
  ).toContain("nothing to do: 1 part, as declared");
});

it("a plan shows what else makes it impossible, and no escape sequence of a name", () => {
  const first = { code: "NAME_TAKEN", problem: "the first", fix: "Do this." } as const;
  const second = { ...first, problem: 'there is a queue "a\u001b[31m" already', fix: "Do that." };
  const text = printPlan(plan({ problems: [first, second] }), plain, { settings: true });
  expect(text).not.toContain("the first");
  expect(text).toContain('problem  there is a queue "a\\x1b[31m" already\n  fix  Do that.');
});

it("the names of settings cannot write to the terminal, nor those within a text of JSON", () => {
  const changes = [
    { path: "environment.\u001b[2J", from: "x" },
    { path: "environment.SETTINGS", from: '{"\\u001b[2J":1}', to: "{}" },
  ];
  const printed = printPlan(plan({ steps: [step({ changes })] }), plain, { settings: true });
  expect(printed).toContain("environment.\\x1b[2J  x -> taken away");
  expect(printed).toContain("environment.SETTINGS.\\x1b[2J  1 -> taken away");
});

it("a text of JSON may hold null", () => {
  const changes = [{ path: "environment.SETTINGS", from: '{"a":null,"b":[null]}', to: '{"a":1}' }];
  const printed = printPlan(plan({ steps: [step({ changes })] }), plain, { settings: true });
  expect(printed).toContain("environment.SETTINGS.a  null -> 1");
});

it("what is replaced under another name is one thing to a reader, with what is lost by it", () => {
  const name = { path: "name", from: "shop-dev-tasks.fifo", to: "shop-dev-tasks" };
  const steps = [
    step({ action: "replace", changes: [{ ...name, replaces: "it is another thing" }] }),
    step({ action: "delete", name: "shop-dev-tasks.fifo", loses: "7 messages" }),
    step({ action: "delete", part: "queue/old", name: "shop-dev-old", resource: "old" }),
  ];
  const printed = printPlan(plan({ steps }), plain, { settings: false });
  expect(printed).toContain("  ± queue  shop-dev-tasks  loses 7 messages\n");
  expect(printed.match(/^ {2}- /gm)).toEqual(["  - "]);
  expect(printed).toContain("1 to replace, 1 to delete");
});
