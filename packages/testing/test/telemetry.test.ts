import { Queue } from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { createTestQueues } from "@alienplatform/testing";
import { trace } from "@opentelemetry/api";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { afterEach, expect, test } from "vitest";

afterEach(() => trace.disable());

test("a test sees the traces that its program would emit", async () => {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor(exporter)];
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  const tasks = new Queue("tasks").build();
  await using queues = await createTestQueues([tasks]);
  onQueueMessage(tasks, ({ payload }) => {
    if (payload === 2) throw new RangeError("too wide");
  });
  await queues.queue(tasks).send(1);
  await (await queue(tasks)).send(2);
  await queues.clock.advance("1m");
  await queues.drain();
  const spans = exporter.getFinishedSpans();
  expect(spans.map(({ name, attributes }) => [name, attributes["error.type"]])).toEqual([
    ["send tasks", undefined],
    ["send tasks", undefined],
    ["process tasks", undefined],
    ["process tasks", "RangeError"],
  ]);
  expect(spans[2]?.links[0]?.context.spanId).toBe(spans[0]?.spanContext().spanId);
  expect(spans[2]?.attributes).toMatchObject({
    "messaging.system": "alien_local",
    "alien.queue.max_attempts": 5,
    "alien.queue.time_in_queue_ms": 60_000,
  });
});
