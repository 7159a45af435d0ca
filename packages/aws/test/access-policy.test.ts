import * as alien from "@alienplatform/core";
import { type Json, resolve } from "@alienplatform/deploy";
import { expect, test } from "vitest";
import { accessPolicy } from "../src/access-policy.ts";
import { loweredOf, partOf, place } from "./lower/lowered.ts";

const failed = new alien.Queue("failed").build();
const tasks = new alien.Queue("tasks").build();
const orders = new alien.Queue("orders").fifo().build();
const faxes = new alien.Queue("faxes").deadLetters(failed).build();

/** A binding as the state has it. */
function deployed(...resources: readonly alien.Resource[]): Readonly<Record<string, Json>> {
  const { parts, bindings } = loweredOf(...resources);
  const byId = new Map(parts.map((part) => [part.id, part]));
  const url = (id: string) =>
    `https://sqs.eu-central-1.amazonaws.com/123456789012/${byId.get(id)?.name}`;
  return Object.fromEntries(
    Object.entries(bindings).map(([id, binding]) => [
      id,
      resolve(binding, ({ $ref, attribute }) => byId.get($ref)?.known?.[attribute] ?? url($ref)),
    ]),
  );
}

test("a process may do what a function with these links may, its logs aside", () => {
  const rights = ["send", "receive", "operate"] as const;
  const worker = new alien.Function("worker");
  const queues = [failed, tasks, faxes, orders];
  for (const right of rights) for (const queue of queues) worker.link(queue, right);
  const { parts } = loweredOf(...queues, worker.build());
  const { policy } = partOf("iam-role", "function/worker/role", parts).config;
  expect(accessPolicy(place, deployed(...queues), rights)).toEqual({
    ...policy,
    Statement: policy.Statement.filter(({ Sid }) => Sid !== "Logs"),
  });
});

test("who only sends may send, and no more", () => {
  expect(accessPolicy(place, deployed(tasks), ["send"]).Statement).toEqual([
    {
      Sid: "Send",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: ["arn:aws:sqs:eu-central-1:123456789012:shop-dev-tasks"],
    },
    {
      Sid: "SendState",
      Effect: "Allow",
      Action: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"],
      Resource: ["arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev-state"],
    },
  ]);
});
