import { Function as Fn, Queue, type QueueResource, Stack } from "@alienplatform/core";
import { type Json, resolve } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { accessPolicy } from "../src/access-policy.ts";
import { lower } from "../src/lower.ts";

const place = {
  platform: "azure",
  stack: "shop",
  stage: "dev",
  settings: { subscription: "00000000-1111-4222-8333-444444444444", region: "westeurope" },
};
const code = { worker: { sha256: "0".repeat(64), bytes: 1 } };
const failed = new Queue("failed").build();
const tasks = new Queue("tasks").build();
const faxes = new Queue("faxes").deadLetters(failed).build();

/** A stack of these queues and a function that has the rights, and the ids of its parts. */
function lowered(
  queues: readonly QueueResource[],
  rights: readonly ("send" | "receive" | "operate")[],
) {
  const worker = new Fn("worker");
  for (const right of rights) for (const queue of queues) worker.link(queue, right);
  const stack = new Stack("shop").add(worker.build());
  for (const queue of queues) stack.add(queue);
  const { parts, bindings } = lower(stack.build(), place, code);
  const known = new Map(parts.map((part) => [part.id, part.known ?? {}]));
  const attribute = (ref: { readonly $ref: string; readonly attribute: string }) =>
    known.get(ref.$ref)?.[ref.attribute] ??
    `https://${ref.$ref.replace("/", "-")}.example/${ref.attribute}`;
  const deployed = Object.fromEntries(
    Object.entries(bindings).map(([id, binding]) => [id, resolve(binding, attribute)]),
  );
  const granted = parts.flatMap((part) => {
    if (part.type !== "role-assignment") return [];
    const scope = resolve(part.config.scope, attribute);
    return [`${part.config.role} on ${String(scope)}`];
  });
  return { deployed, granted };
}

function roles(policy: Json): readonly string[] {
  const { roleAssignments } = policy as {
    readonly roleAssignments: readonly { readonly role: string; readonly scope: string }[];
  }; // what accessPolicy answers
  return roleAssignments.map(({ role, scope }) => `${role} on ${scope}`);
}

test("a process may do what a function with these links may, its logs and packages aside", () => {
  const rights = ["send", "receive", "operate"] as const;
  const { deployed, granted } = lowered([failed, tasks, faxes], rights);
  const own = granted.filter((each) => !/^(Monitoring|Storage Blob)/.test(each));
  expect([...roles(accessPolicy(place, deployed, rights))].sort()).toEqual([...own].sort());
});

test("who only sends may send, note a key, and no more", () => {
  const { deployed } = lowered([tasks], []);
  const [queue, table, ...more] = roles(accessPolicy(place, deployed, ["send"]));
  expect(queue).toMatch(/^Azure Service Bus Data Sender on .*\/queues\/tasks$/);
  expect(table).toMatch(
    /^Storage Table Data Contributor on .*\/tableServices\/default\/tables\/state$/,
  );
  expect(more).toEqual([]);
});

test("of a stage without a table, which an earlier version deployed, nothing is said of one", () => {
  const { deployed } = lowered([tasks], []);
  const earlier = JSON.parse(
    JSON.stringify(deployed, (name, value) => (name === "table" ? undefined : value)),
  );
  expect(roles(accessPolicy(place, earlier, ["send"]))).toHaveLength(1);
});

test("whoever may nothing gets nothing", () => {
  expect(roles(accessPolicy(place, lowered([tasks], []).deployed, []))).toEqual([]);
});
