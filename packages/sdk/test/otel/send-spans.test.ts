import type { Outgoing, SendResult } from "@alienplatform/bindings";
import { ReferenceDriver } from "@alienplatform/bindings/conformance";
import { AlienError } from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Traced } from "./setting.ts";
import { failing, id, of, processSpan, sendSpan } from "./span-shapes.ts";

let traced: Traced;

beforeEach(() => {
  traced = new Traced();
});

afterEach(() => traced.close());

describe("a send", () => {
  test("has a span of its own, also where several travel together", async () => {
    const tasks = await queue("tasks");
    const [first, second] = await Promise.all([tasks.send({ n: 1 }), tasks.send({ n: 2 })]);
    expect(traced.spans()).toEqual([sendSpan, sendSpan]);
    const ids = traced.finished.map(({ attributes }) => attributes["messaging.message.id"]);
    expect(ids).toEqual([first.id, second.id]);
  });

  test("says how the message travels, without a word of its payload and without its keys", async () => {
    traced.close();
    traced = new Traced({ fifo: {} });
    const tasks = await queue("tasks");
    const secret = {
      idempotencyKey: "secret-1",
      concurrency: { key: "secret-2", limit: 1 },
      attributes: { secret: "secret-3" },
    };
    const options = { ...secret, group: "ada", priority: 7, delay: "5m" as const };
    const { id: stored } = await tasks.send({ text: "secret-4" }, options);
    await tasks.send({ text: "secret-5" }, options);
    const expected = {
      ...of("send"),
      "messaging.message.id": stored,
      "alien.queue.group.id": "ada",
      "alien.queue.priority": 7,
      "alien.queue.delay_ms": 300_000,
      "alien.queue.concurrency.key": expect.stringMatching(/^[\da-f]{16}$/),
      "alien.queue.idempotency.deduplicated": false,
    };
    expect(traced.spans().map(({ attributes }) => attributes)).toEqual([
      expected,
      { ...expected, "alien.queue.idempotency.deduplicated": true },
    ]);
    expect(JSON.stringify(traced.spans())).not.toContain("secret");
  });

  test("that the platform refuses has a span that failed", async () => {
    class Full extends ReferenceDriver {
      override async send(messages: readonly Outgoing[]): Promise<readonly SendResult[]> {
        const error = new AlienError("STORAGE_FULL", "the disk is full");
        return messages.map(() => ({ ok: false, error }));
      }
    }
    traced.close();
    traced = new Traced({ driver: Full });
    const tasks = await queue("tasks");
    await expect(tasks.send({ n: 1 })).rejects.toMatchObject({ code: "STORAGE_FULL" });
    expect(traced.spans()).toEqual([failing(sendSpan, "STORAGE_FULL", "the disk is full")]);
  });

  test("that is too large has a span that failed", async () => {
    const tasks = await queue("tasks");
    await expect(tasks.send({ text: "x".repeat(70_000) })).rejects.toMatchObject({
      code: "MESSAGE_TOO_LARGE",
    });
    expect(traced.spans()).toMatchObject([{ attributes: { "error.type": "MESSAGE_TOO_LARGE" } }]);
  });

  test("of a batch has a span per message, which its handler is linked to, and one for the call", async () => {
    onQueueMessage("tasks", () => undefined);
    await trace.getTracer("the user's").startActiveSpan("request", async (request) => {
      await (await queue("tasks")).sendBatch([{ payload: 1 }, { payload: 2, priority: 3 }]);
      request.end();
    });
    await traced.consume();
    const create = {
      span: "PRODUCER create tasks",
      parent: "request",
      attributes: { ...of("create"), "messaging.message.id": id },
    };
    const handled = { ...processSpan(), links: ["create tasks"] };
    const prior = { "alien.queue.priority": 3 };
    expect(traced.spans()).toEqual([
      create,
      { ...create, attributes: { ...create.attributes, ...prior } },
      {
        span: "CLIENT send tasks",
        parent: "request",
        links: ["create tasks", "create tasks"],
        attributes: { ...of("send"), "messaging.batch.message_count": 2 },
      },
      { span: "INTERNAL request", attributes: {} },
      { ...handled, attributes: { ...handled.attributes, ...prior } },
      handled,
    ]);
    // Each handler is linked to the span of its own message.
    const created = new Map(
      traced.finished.slice(0, 2).map((one) => [one.spanContext().spanId, one]),
    );
    for (const { links, attributes } of traced.finished.slice(4)) {
      const [creation] = links.map(({ context }) => created.get(context.spanId));
      expect(creation?.attributes["messaging.message.id"]).toBe(attributes["messaging.message.id"]);
    }
  });

  test("of a batch that was sent in part says how much of it was not", async () => {
    const tasks = await queue("tasks");
    await tasks.sendBatch([{ payload: 1 }, { payload: () => 1 }, { payload: 3 }]);
    expect(traced.spans().map(({ span }) => span)).toEqual([
      "PRODUCER create tasks",
      "PRODUCER create tasks",
      "CLIENT send tasks",
    ]);
    expect(traced.spans()[2]).toMatchObject({
      status: "ERROR 1 of 3 messages were not sent",
      attributes: { "error.type": "PAYLOAD_INVALID", "messaging.batch.message_count": 3 },
    });
  });

  test("of an empty batch has no span", async () => {
    await (await queue("tasks")).sendBatch([]);
    expect(traced.spans()).toEqual([]);
  });
});
