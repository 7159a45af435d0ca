import { functionApi } from "@alienplatform/api";
import * as alien from "@alienplatform/core";
import { queue } from "@alienplatform/sdk";
import { operate } from "@alienplatform/sdk/operate";
import { createTestQueues } from "@alienplatform/testing";
import { expect, it, onTestFinished } from "vitest";
import { asking } from "./ask.ts";

const tasks = new alien.Queue("tasks").build();

it("a function serves the API in front of its queues, to who has the token", async () => {
  const queues = await createTestQueues(tasks);
  onTestFinished(() => queues.close());
  const ask = asking(functionApi({ queues: [tasks], queue, operate, token: "secret" }));
  const own = { authorization: "Bearer secret" };
  expect((await ask("GET", "/queues")).status).toBe(401);
  expect((await ask("GET", "/health")).body).toMatchObject({ status: "ok" });
  const sent = await ask("POST", "/queues/tasks/messages", { payload: 1 }, own);
  expect(sent.status).toBe(202);
  const { messages } = (await ask("POST", "/queues/tasks/receive", {}, own)).body;
  expect(messages).toMatchObject([{ id: sent.body.id, payload: 1 }]);
  const receiptHandle = messages[0]?.receiptHandle;
  expect((await ask("POST", "/queues/tasks/ack", { receiptHandle }, own)).status).toBe(200);
  expect((await ask("GET", "/queues", undefined, own)).body.items).toMatchObject([{ id: "tasks" }]);
  expect((await ask("GET", "/events", undefined, own)).body).toMatchObject({ code: "UNSUPPORTED" });
});

it("a function without a token is refused where it is written, with the right form", () => {
  expect(() => functionApi({ queues: [tasks], queue, operate, token: undefined })).toThrow(
    'declare .secret("API_TOKEN")',
  );
});
