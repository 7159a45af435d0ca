import { functionApi, type HttpApiOptions, httpApi } from "@alienplatform/api";
import { AlienError, type QueueResource } from "@alienplatform/core";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { asking } from "./ask.ts";
import { guardedStack } from "./guarded.ts";
import { servedTestQueues } from "./served.ts";

let queues: TestQueues;
beforeAll(async () => {
  queues = await createTestQueues(guardedStack);
});
afterAll(() => queues.close());

function failing(thrown: unknown) {
  const told: string[] = [];
  const onUnexpected: HttpApiOptions["onUnexpected"] = (text) => told.push(text);
  const served = servedTestQueues(guardedStack, queues);
  const operations = () => {
    throw thrown;
  };
  const ask = asking(httpApi({ ...served, operations }, { onUnexpected, clock: queues.clock }));
  return { told, receive: () => ask("GET", "/queues/tasks/messages") };
}

describe("an error that nobody expects", () => {
  it("is told once, with its calls and without its message", async () => {
    const { told, receive } = failing(new RangeError("the payload is 4111\n    at 1111"));
    expect((await receive()).status).toBe(500);
    expect((await receive()).status).toBe(500);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^RangeError\n {4}at .*unexpected\.test\.ts/);
    expect(told[0]).not.toContain("1111");
  });

  it("is told of one of several, too, which the answer as a whole does not show", async () => {
    const told: string[] = [];
    const served = servedTestQueues(guardedStack, queues);
    const client = async () => ({
      ...(await served.client("tasks")),
      ack: () => Promise.reject(new RangeError("the payload is 4111")),
    });
    const api = httpApi(
      { ...served, client },
      { onUnexpected: (text) => told.push(text), clock: queues.clock },
    );
    const body = { receiptHandles: ["a", "b"] };
    const { status, body: answer } = await asking(api)("POST", "/queues/tasks/ack", body);
    expect(status).toBe(200);
    expect(answer.results).toMatchObject([
      { error: { code: "DRIVER_FAILED" } },
      { error: { code: "DRIVER_FAILED" } },
    ]);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^RangeError\n/);
  });

  it("goes to the output of a function that serves the API", async () => {
    const told: unknown[] = [];
    const { error } = console;
    console.error = (text) => told.push(text);
    onTestFinished(() => {
      console.error = error;
    });
    const tasks = guardedStack.resources.find(({ id }) => id === "tasks");
    const api = functionApi({
      queues: [tasks as QueueResource],
      queue: () => Promise.reject(new RangeError("the payload is 4111")),
      operate: () => {
        throw new RangeError("the payload is 4111");
      },
      token: "secret",
    });
    const own = { authorization: "Bearer secret" };
    const { status } = await asking(api)("GET", "/queues/tasks/messages", undefined, own);
    expect(status).toBe(500);
    expect(told).toEqual([expect.stringMatching(/please report this: RangeError\n/)]);
  });

  it("is not one with a code of ours", async () => {
    const { told, receive } = failing(new AlienError("QUEUE_PAUSED", "tasks is paused"));
    expect((await receive()).status).toBe(409);
    expect(told).toEqual([]);
  });
});
