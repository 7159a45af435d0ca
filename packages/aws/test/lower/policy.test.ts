import * as alien from "@alienplatform/core";
import { expect, test } from "vitest";
import { loweredOf, partOf } from "./lowered.ts";

const tasks = new alien.Queue("tasks").build();
const emails = new alien.Queue("emails").build();
const failed = new alien.Queue("failed").build();
const faxes = new alien.Queue("faxes").deadLetters(failed).build();

const sqs = (name: string) => `arn:aws:sqs:eu-central-1:123456789012:shop-dev-${name}`;
const LOGS = {
  "arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/shop-dev-worker:*": [
    "logs:CreateLogStream",
    "logs:PutLogEvents",
  ],
};

const STATE = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev-state";
const WRITES = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"];

/** What the worker may do, by resource. */
function rightsOf(worker: alien.FunctionResource): Readonly<Record<string, readonly string[]>> {
  const { parts } = loweredOf(tasks, emails, failed, faxes, worker);
  const { policy } = partOf("iam-role", "function/worker/role", parts).config;
  const found: Record<string, string[]> = {};
  for (const { Action, Resource = [] } of policy.Statement) {
    for (const resource of Resource) found[resource] = [...(found[resource] ?? []), ...Action];
  }
  return found;
}

const worker = () => new alien.Function("worker");

test("a function without triggers and links may write its logs, and no more", () => {
  expect(rightsOf(worker().build())).toEqual(LOGS);
});

test("a trigger is to take from its queue, and to send to its dead letters", () => {
  expect(rightsOf(worker().trigger(tasks).build())).toEqual({
    ...LOGS,
    [sqs("tasks")]: [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:GetQueueAttributes",
      // Of what is put off.
      "sqs:SendMessage",
    ],
    [sqs("tasks-dead")]: ["sqs:SendMessage"],
    [STATE]: WRITES,
  });
});

test("a link is to send, unless it says otherwise", () => {
  expect(rightsOf(worker().link(tasks).build())).toEqual({
    ...LOGS,
    [sqs("tasks")]: ["sqs:SendMessage"],
    [STATE]: WRITES,
  });
  expect(rightsOf(worker().link(tasks, "receive").build())).toEqual({
    ...LOGS,
    [sqs("tasks")]: [
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:SendMessage",
    ],
    [sqs("tasks-dead")]: ["sqs:SendMessage"],
    [STATE]: WRITES,
  });
});

test("to operate is to count, to purge and to redrive, and to work on the dead letters", () => {
  expect(rightsOf(worker().link(tasks, "operate").build())).toEqual({
    ...LOGS,
    [sqs("tasks")]: ["sqs:GetQueueAttributes", "sqs:PurgeQueue", "sqs:SendMessage"],
    [sqs("tasks-dead")]: [
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:DeleteMessage",
      "sqs:ChangeMessageVisibility",
      "sqs:SendMessage",
    ],
    [STATE]: ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
  });
});

test("a trigger of a FIFO queue sends nothing there: what is put off comes back by itself", () => {
  const orders = new alien.Queue("orders").fifo().build();
  const { parts } = loweredOf(orders, worker().trigger(orders).build());
  const { policy } = partOf("iam-role", "function/worker/role", parts).config;
  const sends = policy.Statement.filter(({ Action }) => Action.includes("sqs:SendMessage"));
  expect(sends.flatMap(({ Resource }) => Resource)).toEqual([sqs("orders-dead.fifo")]);
});

test("who sends to a FIFO queue may have Scheduler send to it later, and to no other one", () => {
  const orders = new alien.Queue("orders").fifo().build();
  const bills = new alien.Queue("bills").fifo().build();
  const { parts } = loweredOf(orders, bills, worker().link(orders).trigger(bills).build());
  const { policy } = partOf("iam-role", "function/worker/role", parts).config;
  const name = "shop-dev-orders-delay-eu-central-1";
  const role = `arn:aws:iam::123456789012:role/alien/shop/dev/eu-central-1/${name}`;
  expect(policy.Statement.filter(({ Sid }) => Sid.includes("Delay"))).toEqual([
    {
      Sid: "SendDelays",
      Effect: "Allow",
      Action: ["scheduler:CreateSchedule"],
      Resource: [`arn:aws:scheduler:eu-central-1:123456789012:schedule/${name}/*`],
    },
    {
      Sid: "SendDelayRoles",
      Effect: "Allow",
      Action: ["iam:PassRole"],
      Resource: [role],
      Condition: { StringEquals: { "iam:PassedToService": "scheduler.amazonaws.com" } },
    },
  ]);
  const { config, known } = partOf("iam-role", "queue/orders/schedules/role", parts);
  expect(known?.arn).toBe(role);
  expect(config.policy.Statement).toEqual([
    {
      Sid: "Send",
      Effect: "Allow",
      Action: ["sqs:SendMessage"],
      Resource: [sqs("orders.fifo")],
    },
  ]);
  expect(config.assumeRolePolicy.Statement).toEqual([
    {
      Sid: "Scheduler",
      Effect: "Allow",
      Principal: { Service: "scheduler.amazonaws.com" },
      Action: ["sts:AssumeRole"],
      Condition: {
        StringEquals: {
          "aws:SourceAccount": "123456789012",
          "aws:SourceArn": `arn:aws:scheduler:eu-central-1:123456789012:schedule-group/${name}`,
        },
      },
    },
  ]);
});

test("who operates a FIFO queue may count and purge what is delayed in it", () => {
  const orders = new alien.Queue("orders").fifo().build();
  const { parts } = loweredOf(orders, worker().link(orders, "operate").build());
  const { policy } = partOf("iam-role", "function/worker/role", parts).config;
  const group = "shop-dev-orders-delay-eu-central-1";
  expect(
    policy.Statement.flatMap(({ Sid, Action, Resource }) =>
      Sid.includes("Delay") ? [[Action, Resource]] : [],
    ),
  ).toEqual([
    [
      ["scheduler:DeleteSchedule"],
      [`arn:aws:scheduler:eu-central-1:123456789012:schedule/${group}/*`],
    ],
    [["scheduler:ListSchedules"], ["*"]],
  ]);
});

test("dead letters in a declared queue are sent there, and operated with it alone", () => {
  const rights = rightsOf(worker().trigger(faxes).link(faxes, "operate").build());
  expect(rights[sqs("failed")]).toEqual(["sqs:SendMessage"]);
});

test("a secret is to be read, it alone", () => {
  expect(rightsOf(worker().secret("TOKEN").build())).toEqual({
    ...LOGS,
    "arn:aws:ssm:eu-central-1:123456789012:parameter/alien/shop/dev/TOKEN": ["ssm:GetParameters"],
  });
});

test("no policy allows an action or a resource that is a pattern, its own log streams aside", () => {
  const all = worker()
    .http()
    .secret("TOKEN")
    .trigger(tasks)
    .trigger(faxes)
    .link(emails, "send")
    .link(emails, "receive")
    .link(emails, "operate")
    .build();
  const rights = rightsOf(all);
  expect(Object.values(rights).flat().join(" ")).not.toContain("*");
  expect(Object.keys(rights).filter((resource) => resource.includes("*"))).toEqual(
    Object.keys(LOGS),
  );
});

test("every statement has a Sid of its own, and no resource twice", () => {
  const both = worker().trigger(faxes).trigger(tasks).link(failed).link(tasks, "operate").build();
  const { parts } = loweredOf(tasks, failed, faxes, both);
  const { policy } = partOf("iam-role", "function/worker/role", parts).config;
  const sids = policy.Statement.map(({ Sid }) => Sid);
  expect(sids).toEqual([
    "Trigger",
    "TriggerDeadLetters",
    "TriggerCopies",
    "TriggerState",
    "Send",
    "SendState",
    "Operate",
    "OperateDeadLetters",
    "OperateState",
    "Logs",
  ]);
  for (const { Resource = [] } of policy.Statement) {
    expect(new Set(Resource).size).toBe(Resource.length);
  }
});

test("the role is Lambda's to take, and lies where a stage's roles are listed", () => {
  const { parts } = loweredOf(worker().build());
  const { config, known, name } = partOf("iam-role", "function/worker/role", parts);
  expect(config.path).toBe("/alien/shop/dev/eu-central-1/");
  expect(known?.arn).toBe(`arn:aws:iam::123456789012:role/alien/shop/dev/eu-central-1/${name}`);
  expect(config.assumeRolePolicy.Statement).toEqual([
    {
      Sid: "Lambda",
      Effect: "Allow",
      Principal: { Service: "lambda.amazonaws.com" },
      Action: ["sts:AssumeRole"],
    },
  ]);
});
