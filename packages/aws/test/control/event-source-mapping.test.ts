import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { systemClock } from "@alienplatform/bindings";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { expect, onTestFinished, test } from "vitest";
import { EventSourceMappingController } from "../../src/control/event-source-mapping.ts";

const arn = "arn:aws:lambda:eu-central-1:123456789012:event-source-mapping:2";
const mapping = {
  UUID: "2",
  EventSourceMappingArn: arn,
  FunctionArn: "arn:aws:lambda:eu-central-1:123456789012:function:shop-dev-worker",
  EventSourceArn: "arn:aws:sqs:eu-central-1:123456789012:shop-dev-tasks",
  State: "Enabled",
  BatchSize: 1,
};

/** A Lambda that lists what it has over these pages. */
async function lambdaOf(pages: readonly (readonly object[])[]): Promise<LambdaClient> {
  const server = createServer((request, response) => {
    const at = Number(new URL(request.url ?? "", "http://lambda").searchParams.get("Marker") ?? 0);
    const NextMarker = at + 1 < pages.length ? { NextMarker: String(at + 1) } : {};
    response.end(JSON.stringify({ EventSourceMappings: pages[at], ...NextMarker }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // It listens on a port, as just asked.
  const { port } = server.address() as AddressInfo;
  const client = new LambdaClient({
    region: "eu-central-1",
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  });
  onTestFinished(() => {
    client.destroy();
    server.closeAllConnections();
    return new Promise<void>((resolve) => server.close(() => resolve()));
  });
  return client;
}

async function read(pages: readonly (readonly object[])[]) {
  const controller = new EventSourceMappingController(await lambdaOf(pages));
  return controller.read({
    owner: { stack: "shop", stage: "dev", part: "function/worker/trigger/tasks" },
    name: "shop-dev-worker/shop-dev-tasks",
    config: {
      functionName: "shop-dev-worker",
      eventSourceArn: mapping.EventSourceArn,
      enabledAtFirst: true,
      batchSize: 1,
      maximumBatchingWindowInSeconds: 0,
      functionResponseTypes: ["ReportBatchItemFailures"],
    },
    remembered: arn,
    clock: systemClock,
    signal: new AbortController().signal,
    artifact: async () => new Uint8Array(),
  });
}

test("a mapping is found on whichever page Lambda lists it, after empty ones too", async () => {
  expect(await read([[mapping]])).toMatchObject({ id: arn });
  expect(await read([[], [{ ...mapping, State: "Deleting" }], [mapping]])).toMatchObject({
    id: arn,
  });
  expect(await read([[], []])).toBeUndefined();
});
