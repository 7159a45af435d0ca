import { Consumer, inProcess, pushHandler } from "@alienplatform/bindings";
import { queue } from "@alienplatform/sdk";
import { makeTelemetry } from "@alienplatform/sdk/otel";
import { expect, test } from "vitest";
import { Traced } from "./setting.ts";

test("a request to an HTTP consumer carries the trace of its handling, not that of the send", async () => {
  const traced = new Traced();
  await (await queue("tasks")).send({ n: 1 });
  const { driver, options, clock } = traced.parts("tasks");
  const posted: (string | null)[] = [];
  const post = inProcess((request) => {
    posted.push(request.headers.get("traceparent"));
    return new Response(undefined, { status: 204 });
  });
  const to = {
    consumer: 'endpoint "billing"',
    url: "http://localhost/jobs",
    secret: "s".repeat(32),
  };
  let tell: () => void = () => undefined;
  const handled = new Promise<void>((resolve) => {
    tell = resolve;
  });
  const consumer = new Consumer(driver, {
    handling: {
      queue: "tasks",
      options,
      handler: pushHandler({ ...to, clock, longestDelayMs: 1_000, transport: post }),
      onInvalid: "deadLetter",
      random: Math.random,
      log: () => undefined,
      telemetry: makeTelemetry({ queue: "tasks", system: "alien_test", maxAttempts: 3, clock }),
    },
    clock,
    onEvent: tell,
  });
  consumer.start();
  await handled;
  await consumer.drain(0);
  const [, process] = traced.finished;
  const { traceId, spanId } = process?.spanContext() ?? {};
  expect(process?.name).toBe("process tasks");
  expect(posted).toEqual([`00-${traceId}-${spanId}-01`]);
  traced.close();
});
