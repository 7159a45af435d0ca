import * as alien from "@alienplatform/core";
import { expect, test } from "vitest";
import { exporters } from "../../src/exporters.ts";
import { codeOf, place, stackOf } from "../lower/lowered.ts";

const tasks = new alien.Queue("tasks").build();
const worker = new alien.Function("worker").trigger(tasks).secret("TOKEN").build();
const stack = stackOf(tasks, worker);

test("an export is a file, and the steps that make something of it", () => {
  const { name, text, next } = exporters.cloudformation(stack, place, codeOf(stack));
  expect(name).toBe("template.json");
  expect(Object.keys(JSON.parse(text).Resources)).toContain("FunctionWorker");
  expect(next).toEqual([
    "aws ssm put-parameter --type SecureString --name /alien/shop/dev/TOKEN --value <value>",
    "Copy code/*.zip into a bucket of this region.",
    "aws cloudformation deploy --template-file template.json --capabilities CAPABILITY_NAMED_IAM --stack-name shop-dev --parameter-overrides CodeBucket=<bucket>",
  ]);
  const made = exporters.terraform(stack, place, codeOf(stack));
  expect([made.name, ...made.next]).toEqual(["main.tf.json", "terraform init", "terraform apply"]);
});

test("queues alone need no bucket", () => {
  const alone = stackOf(tasks);
  expect(exporters.cloudformation(alone, place, {}).next).toEqual([
    "aws cloudformation deploy --template-file template.json --capabilities CAPABILITY_NAMED_IAM --stack-name shop-dev",
  ]);
});

test("what AWS cannot do is no more exported than deployed", () => {
  const many = stackOf(new alien.Queue("many").backoff({ max: "13h" }).build());
  expect(() => exporters.terraform(many, place, {})).toThrow("waits up to 13h");
});
