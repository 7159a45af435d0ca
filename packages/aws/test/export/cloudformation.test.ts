import * as alien from "@alienplatform/core";
import { expect, test } from "vitest";
import { cloudFormation } from "../../src/export/cloudformation.ts";
import { loweredOf } from "../lower/lowered.ts";
import { here, lowered } from "./exported-stack.ts";

const template = JSON.parse(cloudFormation(lowered, here));
const propertiesOf = (id: string) => template.Resources[id].Properties;

test("every part but the secrets is a resource, named after its id", () => {
  expect(Object.keys(template.Resources)).toEqual([
    "State",
    "QueueFailedDeadLetters",
    "QueueFailed",
    "QueueTasks",
    "QueueOrdersDeadLetters",
    "QueueOrders",
    "QueueOrdersSchedules",
    "QueueOrdersSchedulesRole",
    "FunctionWorkerRole",
    "FunctionWorkerLogs",
    "FunctionWorker",
    "FunctionWorkerTriggerTasks",
    "FunctionWorkerTriggerOrders",
    "FunctionWorkerUrl",
    "FunctionWorkerUrlAlienUrl",
    "FunctionWorkerUrlAlienUrlInvoke",
    "FunctionBillingRole",
    "FunctionBillingLogs",
    "FunctionBilling",
    "FunctionBillingTriggerFailed",
  ]);
});

test("a reference is one of CloudFormation's, alone or within a text", () => {
  expect(propertiesOf("QueueTasks").RedrivePolicy.deadLetterTargetArn).toEqual({
    "Fn::GetAtt": ["QueueFailed", "Arn"],
  });
  expect(propertiesOf("FunctionWorkerTriggerTasks")).toMatchObject({
    FunctionName: { Ref: "FunctionWorker" },
    EventSourceArn: { "Fn::GetAtt": ["QueueTasks", "Arn"] },
  });
  const { ALIEN_TASKS_BINDING } = propertiesOf("FunctionWorker").Environment.Variables;
  expect(JSON.parse(ALIEN_TASKS_BINDING["Fn::Sub"]).address).toEqual({
    url: "${QueueTasks}",
    deadLetterUrl: "${QueueFailed}",
    region: "eu-central-1",
    table: "shop-dev-state",
    consumer: expect.stringContaining("worker"),
  });
});

test("a text that only looks like an expression stays what it is", () => {
  expect(propertiesOf("FunctionWorker").Environment.Variables.TEXT).toBe(
    'no "${expression}", %{ if } and $${ neither',
  );
});

test("a queue stays when it leaves the template, since nobody looks whether it holds messages", () => {
  expect(template.Resources.QueueTasks).toMatchObject({
    DeletionPolicy: "Retain",
    UpdateReplacePolicy: "Retain",
  });
});

test("code is taken from the bucket that is named, by what it is", () => {
  expect(propertiesOf("FunctionWorker").Code).toEqual({
    S3Bucket: { Ref: "CodeBucket" },
    S3Key: { "Fn::Sub": "${CodePrefix}sha-of-worker.zip" },
  });
  expect(Object.keys(template.Parameters)).toEqual(["CodeBucket", "CodePrefix"]);
  const queues = JSON.parse(cloudFormation(loweredOf(new alien.Queue("tasks").build()), here));
  expect(queues.Parameters).toBeUndefined();
});

test("the bindings are outputs, for processes of one's own", () => {
  expect(JSON.parse(template.Outputs.BindingTasks.Value["Fn::Sub"])).toMatchObject({
    queue: "tasks",
    address: { url: "${QueueTasks}" },
  });
});

test("ids that differ in what CloudFormation does not take keep two names", () => {
  const queues = ["image-tasks", "imageTasks"].map((id) => new alien.Queue(id).build());
  const { Resources } = JSON.parse(cloudFormation(loweredOf(...queues), here));
  expect(Object.keys(Resources)).toEqual([
    "State",
    expect.stringMatching(/^QueueImageTasksDeadLetters[0-9a-f]{8}$/),
    expect.stringMatching(/^QueueImageTasks[0-9a-f]{8}$/),
    expect.stringMatching(/^QueueImageTasksDeadLetters[0-9a-f]{8}$/),
    expect.stringMatching(/^QueueImageTasks[0-9a-f]{8}$/),
  ]);
  expect(new Set(Object.keys(Resources)).size).toBe(5);
});

test("what is exported says whose it is, as deploy does", () => {
  expect(propertiesOf("QueueTasks").Tags).toEqual([
    { Key: "alien:stack", Value: "shop" },
    { Key: "alien:stage", Value: "dev" },
    { Key: "alien:part", Value: "queue/tasks" },
  ]);
});

test("each queue has an output of its own, though their names differ in what CloudFormation drops", () => {
  const alike = { "a-b": { url: "one" }, aB: { url: "two" } };
  const { Outputs } = JSON.parse(cloudFormation({ parts: [], bindings: alike }, here));
  const values = Object.values<{ Value: string }>(Outputs).map(({ Value }) => Value);
  expect(values).toEqual(['{"url":"one"}', '{"url":"two"}']);
});
