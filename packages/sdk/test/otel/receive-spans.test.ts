import { queue } from "@alienplatform/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Traced } from "./setting.ts";
import { id, of, sendSpan } from "./span-shapes.ts";

let traced: Traced;

beforeEach(() => {
  traced = new Traced();
});

afterEach(() => traced.close());

describe("a receiver", () => {
  const receiveSpan = {
    span: "CLIENT receive tasks",
    links: ["send tasks"],
    attributes: {
      ...of("receive"),
      "messaging.message.id": id,
      "alien.queue.attempt": 1,
      "alien.queue.max_attempts": 3,
    },
  };

  test("has a span for what it received and one for each settlement", async () => {
    const tasks = await queue("tasks");
    await tasks.send({ n: 1 });
    const [message] = await tasks.receive();
    if (message === undefined) throw new Error("nothing came");
    await tasks.extend(message, "1m");
    await tasks.nack(message);
    const [again] = await tasks.receive("tasks", 1);
    await tasks.ack("tasks", again?.receiptHandle ?? "");
    const settled = (verb: string) => ({
      span: `CLIENT ${verb} tasks`,
      attributes: { ...of(verb, "settle"), "messaging.message.id": message.id },
    });
    expect(traced.spans()).toEqual([
      sendSpan,
      receiveSpan,
      settled("extend"),
      settled("nack"),
      { ...receiveSpan, attributes: { ...receiveSpan.attributes, "alien.queue.attempt": 2 } },
      { span: "CLIENT ack tasks", attributes: of("ack", "settle") },
    ]);
  });

  test("has one span for several, received or settled at once", async () => {
    const tasks = await queue("tasks");
    await Promise.all([tasks.send(1), tasks.send(2)]);
    const messages = await tasks.receive(10);
    await tasks.ack(messages);
    const count = { "messaging.batch.message_count": 2 };
    expect(traced.spans().slice(2)).toEqual([
      {
        span: "CLIENT receive tasks",
        links: ["send tasks", "send tasks"],
        attributes: { ...of("receive"), ...count },
      },
      { span: "CLIENT ack tasks", attributes: { ...of("ack", "settle"), ...count } },
    ]);
  });

  test("that gives up says why the message is dead", async () => {
    const tasks = await queue("tasks");
    await tasks.send({ n: 1 });
    const [message] = await tasks.receive();
    if (message !== undefined) await tasks.deadLetter(message, "unreadable");
    expect(traced.spans()[2]).toEqual({
      span: "CLIENT deadLetter tasks",
      attributes: {
        ...of("deadLetter", "settle"),
        "messaging.message.id": id,
        "alien.queue.dlq.reason": "HANDLER_FAILED",
      },
    });
  });

  test("whose lease has ended has a settlement that failed", async () => {
    const tasks = await queue("tasks");
    await tasks.send({ n: 1 });
    const [message] = await tasks.receive(1, { lease: "1s" });
    await traced.clock.advance(1_000);
    if (message !== undefined) await expect(tasks.ack(message)).rejects.toThrow();
    expect(traced.spans()[2]).toMatchObject({
      span: "CLIENT ack tasks",
      attributes: { "error.type": "RECEIPT_EXPIRED" },
    });
  });

  test("has no span for a poll that brought nothing", async () => {
    const receiving = (await queue("tasks")).receive(1, { wait: "20s" });
    await traced.clock.advance(20_000);
    expect(await receiving).toEqual([]);
    expect(traced.spans()).toEqual([]);
  });
});
