import type { QueueBinding, QueueOptions } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { readAddress } from "../src/address.ts";

const url = "https://sqs.eu-west-1.amazonaws.com/123456789012/tasks";
const deadLetterUrl = `${url}-dead`;
const region = "eu-west-1";

function binding(address: QueueBinding["address"], options: Partial<QueueOptions> = {}) {
  const all: QueueOptions = {
    maxAttempts: 3,
    backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
    leaseMs: 30_000,
    retentionMs: 345_600_000,
    idempotency: { conflict: "original" },
    ...options,
  };
  return { version: 1, platform: "aws", queue: "tasks", options: all, address } as const;
}

test("an address is two queues of a region, and an endpoint where there is another", () => {
  expect(readAddress(binding({ url, deadLetterUrl, region }))).toEqual({
    url,
    deadLetterUrl,
    region,
  });
  const endpoint = "https://vpce-1.sqs.eu-west-1.vpce.amazonaws.com";
  expect(readAddress(binding({ url, deadLetterUrl, region, endpoint })).endpoint).toBe(endpoint);
  expect(readAddress(binding({ url, deadLetterUrl, region, oneGroup: true })).oneGroup).toBe(true);
});

test.each([
  [{ deadLetterUrl, region }, '"url"'],
  [{ url: "tasks", deadLetterUrl, region }, '"url"'],
  [{ url, region }, '"deadLetterUrl"'],
  [{ url, deadLetterUrl }, '"region"'],
  [{ url, deadLetterUrl, region: "" }, '"region"'],
  [{ url, deadLetterUrl, region, endpoint: 4566 }, '"endpoint"'],
])("of an address that deploy does not write it is said what is wrong (%#)", (address, what) => {
  expect(() => readAddress(binding(address))).toThrow(what);
});

test("FIFO is both queues, and what was declared", () => {
  const fifo = { url: `${url}.fifo`, deadLetterUrl: `${deadLetterUrl}.fifo`, region };
  expect(readAddress(binding(fifo, { fifo: {} })).url).toBe(fifo.url);
  expect(() => readAddress(binding(fifo))).toThrow("not FIFO");
  expect(() => readAddress(binding({ ...fifo, deadLetterUrl }, { fifo: {} }))).toThrow("FIFO");
});

test.each([
  "https://sqs.eu-west-1.amazonaws.com/1/tasks",
  "https://sqs-fips.eu-west-1.amazonaws.com/1/tasks",
  "https://sqs.eu-west-1.api.aws/1/tasks",
  "https://eu-west-1.queue.amazonaws.com/1/tasks",
  "https://vpce-1-a.sqs.eu-west-1.vpce.amazonaws.com/1/tasks",
])("the region is that of the queue's URL: %s", (each) => {
  const address = { url, deadLetterUrl: each };
  expect(readAddress(binding({ ...address, region })).deadLetterUrl).toBe(each);
  const elsewhere = () => readAddress(binding({ ...address, url: each, region: "us-east-1" }));
  expect(elsewhere).toThrow(`its "region" is us-east-1, and ${each} is in eu-west-1`);
});

test("the oldest URLs are of us-east-1, and an emulator's of any region", () => {
  const old = {
    url: "https://queue.amazonaws.com/1/a",
    deadLetterUrl: "http://localhost:4566/1/b",
  };
  expect(readAddress(binding({ ...old, region: "us-east-1" })).region).toBe("us-east-1");
  expect(() => readAddress(binding({ ...old, region }))).toThrow("is in us-east-1");
});
