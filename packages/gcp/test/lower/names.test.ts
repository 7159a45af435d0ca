import { Function as Fn, Queue } from "@alienplatform/core";
import { expect, test } from "vitest";
import {
  accountName,
  bucketName,
  databaseName,
  emailOf,
  functionName,
  functionUrl,
  isDatabaseOf,
  queueName,
  secretName,
} from "../../src/names.ts";
import { loweredOf } from "./lowered.ts";

const place = {
  stack: "shop",
  stage: "dev",
  project: "shop-prod",
  number: "123456789012",
  region: "europe-west1",
};
const longest = `A${"b".repeat(62)}_`;

test("names follow from stack, stage and id", () => {
  expect(queueName(place, "tasks")).toBe("shop-dev-tasks");
  expect(secretName(place, "SMTP_PASSWORD")).toBe("shop-dev-SMTP_PASSWORD");
  expect(bucketName(place)).toBe("shop-dev-code-123456789012");
  expect(functionUrl(place, "worker")).toBe(
    "https://shop-dev-worker-123456789012.europe-west1.run.app",
  );
});

test("a database's name ends with the mark of its stage, and is legal", () => {
  expect(databaseName(place)).toBe("shop-dev-state-340d59");
  const long = { ...place, stack: "9_A".repeat(30) };
  expect(databaseName(long)).toMatch(/^[a-z][a-z0-9-]{2,61}[a-z0-9]$/);
  expect(isDatabaseOf(long, databaseName(long))).toBe(true);
  // "shop-dev" and "x" begin a name as "shop" and "dev-x" do.
  const one = { ...place, stack: "shop-dev", stage: "x" };
  const other = { ...place, stack: "shop", stage: "dev-x" };
  expect(databaseName(one)).not.toBe(databaseName(other));
  expect(isDatabaseOf(other, databaseName(one))).toBe(false);
});

test("what is too long or not legal is cut and changed, and ends with a hash", () => {
  expect(accountName(place, longest)).toMatch(/^[a-z][a-z0-9-]{20,28}[a-z0-9]$/);
  expect(accountName(place, longest)).not.toBe(accountName(place, longest.toLowerCase()));
  expect(functionName(place, longest)).toMatch(/^[a-z][a-z0-9-]*-[0-9a-f]{8}$/);
  // The first label of the function's host holds the project's number too.
  expect(new URL(functionUrl(place, longest)).hostname.split(".")[0]?.length).toBeLessThan(64);
  // Cloud Run wants less than 50 characters, however short the number is.
  expect(functionName({ ...place, number: "1234567890" }, longest)).toHaveLength(49);
  expect(bucketName({ ...place, stack: "A_b".repeat(20) })).toMatch(
    /^[a-z][a-z0-9-]{1,61}[a-z0-9]$/,
  );
});

test("a name begins with a letter, never with Google's own, and is long enough", () => {
  expect(queueName({ ...place, stack: "9lives" }, "q")).toMatch(/^a-9lives-dev-q-[0-9a-f]{8}$/);
  expect(queueName({ ...place, stack: "google" }, "q")).toMatch(/^a-google-dev-q-/);
  expect(accountName({ ...place, stack: "s", stage: "d" }, "x").length).toBeGreaterThan(5);
});

test("the project of a domain has its e-mail addresses the other way round", () => {
  expect(emailOf({ ...place, project: "example.com:shop" }, "worker")).toBe(
    "worker@shop.example.com.iam.gserviceaccount.com",
  );
});

test("parts that would have one name are refused, naming both", () => {
  const tasks = new Queue("tasks").build();
  const dead = new Queue("tasks-dead").build();
  expect(() => loweredOf(tasks, dead, new Fn("f").trigger(dead).build())).toThrow(
    /would both be the pubsub-topic "shop-dev-tasks-dead"/,
  );
});
