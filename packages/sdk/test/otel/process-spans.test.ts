import { deliver, type SettleResult } from "@alienplatform/bindings";
import { ReferenceDriver } from "@alienplatform/bindings/conformance";
import { AlienError, Queue } from "@alienplatform/core";
import { deadLetter, onQueueMessage, queue } from "@alienplatform/sdk";
import { makeTelemetry } from "@alienplatform/sdk/otel";
import { trace } from "@opentelemetry/api";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { Traced } from "./setting.ts";
import { failing, processSpan, sendSpan } from "./span-shapes.ts";

let traced: Traced;

beforeEach(() => {
  traced = new Traced();
});

afterEach(() => traced.close());

describe("a handler", () => {
  test("has a trace of its own, linked to that of the send", async () => {
    onQueueMessage("tasks", () => undefined);
    await (await queue("tasks")).send({ n: 1 });
    await traced.clock.advance(250);
    await traced.consume();
    expect(traced.spans()).toEqual([sendSpan, processSpan(1, 250)]);
    const [send, process] = traced.finished;
    expect(process?.spanContext().traceId).not.toBe(send?.spanContext().traceId);
    expect(process?.attributes["messaging.message.id"]).toBe(
      send?.attributes["messaging.message.id"],
    );
  });

  test("is a child of the send where that is asked for", async () => {
    traced.close();
    traced = new Traced({ parent: "producer" });
    onQueueMessage("tasks", () => undefined);
    await (await queue("tasks")).send({ n: 1 });
    await traced.consume();
    const { links: _, ...unlinked } = processSpan();
    expect(traced.spans()).toEqual([sendSpan, { ...unlinked, parent: "send tasks" }]);
    const [send, process] = traced.finished;
    expect(process?.spanContext().traceId).toBe(send?.spanContext().traceId);
    expect(process?.parentSpanContext?.isRemote).toBe(true);
  });

  test("is the parent of the spans and the sends within it, before and after it waits", async () => {
    const tracer = trace.getTracer("the user's");
    onQueueMessage("tasks", async () => {
      tracer.startSpan("resize").end();
      await Promise.resolve();
      tracer.startSpan("upload").end();
      await (await queue("emails")).send({ to: "ada" });
    });
    await (await queue("tasks")).sendBatch([{ payload: 1 }, { payload: 2 }]);
    await traced.consume(() => traced.clock.advance(10));
    const within = traced.spans().map(({ span, parent }) => [span, parent]);
    expect(within.filter(([, parent]) => parent !== undefined).sort()).toEqual([
      ["INTERNAL resize", "process tasks"],
      ["INTERNAL resize", "process tasks"],
      ["INTERNAL upload", "process tasks"],
      ["INTERNAL upload", "process tasks"],
      ["PRODUCER send emails", "process tasks"],
      ["PRODUCER send emails", "process tasks"],
    ]);
    // And each within its own handler's.
    const parents = traced.finished.filter(({ name }) => name === "resize");
    expect(new Set(parents.map((span) => span.parentSpanContext?.spanId)).size).toBe(2);
  });

  test("does not run in the trace of whoever started the consumer", async () => {
    onQueueMessage("tasks", () => undefined);
    await trace.getTracer("the user's").startActiveSpan("start", async (span) => {
      await (await queue("tasks")).send({ n: 1 });
      await traced.consume();
      span.end();
    });
    expect(traced.spans()).toEqual([
      { ...sendSpan, parent: "start" },
      processSpan(),
      { span: "INTERNAL start", attributes: {} },
    ]);
  });

  test("that throws has a span that failed, with the exception; its retry has another", async () => {
    onQueueMessage("tasks", ({ attempt }) => {
      if (attempt === 1) throw new RangeError("too wide");
    });
    await (await queue("tasks")).send({ n: 1 });
    await traced.consume(() => traced.clock.advance(60_000));
    const [, first, second, ...more] = traced.spans();
    expect(more).toEqual([]);
    expect(first).toEqual({
      ...failing(processSpan(), "RangeError", "too wide"),
      events: ["exception RangeError: too wide with its stack"],
    });
    expect(second).toMatchObject({
      links: ["send tasks"],
      attributes: { "alien.queue.attempt": 2 },
    });
    expect(second?.status).toBeUndefined();
  });

  test("that gives up says why the message is dead", async () => {
    onQueueMessage("tasks", () => deadLetter("no such account"));
    await (await queue("tasks")).send({ n: 1 });
    await traced.consume();
    const failed = failing(processSpan(), "HANDLER_FAILED", "no such account");
    const attributes = { ...failed.attributes, "alien.queue.dlq.reason": "HANDLER_FAILED" };
    expect(traced.spans()).toEqual([sendSpan, { ...failed, attributes }]);
  });

  test("that is missing for a job says so", async () => {
    onQueueMessage("tasks", { charge: () => undefined });
    await (await queue("tasks")).call("refund", { n: 1 });
    await traced.consume();
    expect(traced.spans()[1]?.attributes).toMatchObject({
      "error.type": "HANDLER_UNKNOWN",
      "alien.queue.dlq.reason": "HANDLER_UNKNOWN",
    });
  });

  test("that gets no message since a schema refused it keeps the schema's words to itself", async () => {
    const quoting = z.string().refine(() => false, { error: ({ input }) => `not ${input}` });
    onQueueMessage(new Queue("tasks").schema(quoting).build(), () => undefined);
    await (await queue("tasks")).send("tasks", "secret");
    await traced.consume();
    const [, refused] = traced.spans();
    expect(refused).toMatchObject({
      status: "ERROR a schema refused the payload",
      attributes: { "error.type": "PAYLOAD_REFUSED" },
    });
    expect(JSON.stringify(refused)).not.toContain("secret");
  });

  test("that a platform's entry calls has the same span", async () => {
    const { driver, options, clock } = traced.parts("tasks");
    await (await queue("tasks")).send({ n: 1 });
    const receiver = await driver.open({ credit: 1, leaseMs: 1_000 });
    const handling = {
      queue: "tasks",
      options,
      handler: () => {
        trace.getTracer("the user's").startSpan("resize").end();
        throw new RangeError("too wide");
      },
      onInvalid: "deadLetter" as const,
      random: Math.random,
      log: () => undefined,
      telemetry: makeTelemetry({
        queue: "tasks",
        system: "alien_reference",
        maxAttempts: 3,
        clock,
      }),
    };
    const { signal } = new AbortController();
    await deliver(await receiver.take(1, 0), handling, () => ({
      signal,
      extend: async () => undefined,
    }));
    expect(traced.spans().slice(1)).toEqual([
      { span: "INTERNAL resize", parent: "process tasks", attributes: {} },
      {
        ...failing(processSpan(), "RangeError", "too wide"),
        events: ["exception RangeError: too wide with its stack"],
      },
    ]);
  });

  test("that loses its lease has a span that ends with the lease", async () => {
    class Forgetful extends ReferenceDriver {
      protected override async extend() {
        return [];
      }
    }
    traced.close();
    traced = new Traced({ driver: Forgetful, leaseMs: 10_000 });
    onQueueMessage("tasks", () => new Promise(() => undefined));
    await (await queue("tasks")).send({ n: 1 });
    await traced.consume(() => traced.clock.advance(10_000));
    const [, lost, cut] = traced.spans();
    expect(lost).toEqual(failing(processSpan(), "LEASE_EXPIRED", "the lease was lost"));
    // The message had come back at once; the end of the process cut its next handler short.
    expect(cut).toMatchObject({
      status: "ERROR the process is shutting down",
      attributes: { "error.type": "ABORTED", "alien.queue.attempt": 2 },
    });
  });

  test("whose answer comes too late for its lease has a span that failed", async () => {
    class Late extends ReferenceDriver {
      protected override async settle(): Promise<readonly SettleResult[]> {
        const error = new AlienError("RECEIPT_EXPIRED", "the lease has ended");
        return [{ ok: false, error }];
      }
    }
    traced.close();
    traced = new Traced({ driver: Late });
    onQueueMessage("tasks", () => undefined);
    await (await queue("tasks")).send({ n: 1 });
    await traced.consume();
    const expected = failing(processSpan(), "RECEIPT_EXPIRED", "the lease has ended");
    expect(traced.spans()).toEqual([sendSpan, expected]);
  });
});
