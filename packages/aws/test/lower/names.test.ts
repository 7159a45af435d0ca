import * as alien from "@alienplatform/core";
import { expect, test } from "vitest";
import { fc } from "../../../../test/property.ts";
import { awsPlace } from "../../src/aws-place.ts";
import { functionName, queueName, roleName } from "../../src/names.ts";
import { loweredOf, place } from "./lowered.ts";

/** What each vendor takes. */
const LEGAL: Readonly<Record<string, RegExp>> = {
  "sqs-queue": /^[A-Za-z0-9_-]{1,80}$|^(?=.{1,80}$)[A-Za-z0-9_-]+\.fifo$/,
  "iam-role": /^[\w+=,.@-]{1,64}$/,
  "log-group": /^[.\-_/#A-Za-z0-9]{1,512}$/,
  "lambda-function": /^[A-Za-z0-9_-]{1,64}$/,
  "event-source-mapping": /^[A-Za-z0-9_-]{1,64}\/[A-Za-z0-9_.-]{1,80}$/,
  "function-url": /^[A-Za-z0-9_-]{1,64}$/,
  "dynamodb-table": /^[A-Za-z0-9_.-]{3,255}$/,
  "schedule-group": /^[0-9A-Za-z_.-]{1,64}$/,
  "ssm-parameter": /^\/[A-Za-z0-9_.\-/]+$/,
};

const ids = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);

test("every id has legal names, also 64 characters of them", () => {
  fc.assert(
    fc.property(ids, ids, fc.boolean(), (queueId, functionId, fifo) => {
      fc.pre(
        queueId.toUpperCase().replaceAll("-", "_") !==
          functionId.toUpperCase().replaceAll("-", "_"),
      );
      const queue = new alien.Queue(queueId);
      const built = (fifo ? queue.fifo() : queue).build();
      const worker = new alien.Function(functionId).http().secret("TOKEN").trigger(built).build();
      for (const { type, name } of loweredOf(built, worker).parts) {
        expect(name).toMatch(LEGAL[type] ?? /$^/);
      }
    }),
    { numRuns: 200 },
  );
});

test("names say which stack, stage and resource it is, and are cut with a hash where they are long", () => {
  const here = awsPlace(place);
  expect(queueName(here, { id: "Image_Tasks" })).toBe("shop-dev-Image_Tasks");
  const long = "x".repeat(64);
  expect(functionName(here, long)).toMatch(/^shop-dev-x{46}-[0-9a-f]{8}$/);
  expect(functionName(here, `${"x".repeat(63)}y`)).not.toBe(functionName(here, long));
  expect(queueName(here, { id: long, fifo: {} })).toHaveLength(78);
});

test("the roles of two regions have two names, since an account has them in all regions together", () => {
  const name = (region: string) =>
    roleName(awsPlace({ ...place, settings: { ...place.settings, region } }), "worker");
  expect([name("eu-west-1"), name("us-east-1")]).toEqual([
    "shop-dev-worker-eu-west-1",
    "shop-dev-worker-us-east-1",
  ]);
});

test("a stage that is no legal name has one all the same", () => {
  const name = functionName(awsPlace({ ...place, stage: "feature/queues" }), "worker");
  expect(name).toMatch(/^shop-feature-queues-worker-[0-9a-f]{8}$/);
});

test("a place without account or region is wrong use", () => {
  expect(() => awsPlace({ ...place, settings: { account: "123456789012" } })).toThrow(TypeError);
});
