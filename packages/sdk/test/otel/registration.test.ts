import { readFileSync } from "node:fs";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { context, createTraceState, ROOT_CONTEXT, trace } from "@opentelemetry/api";
import { AlwaysOffSampler } from "@opentelemetry/sdk-trace-base";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { SCOPE, SCOPE_VERSION } from "../../src/otel/names.ts";
import { Traced } from "./setting.ts";
import { sendSpan } from "./span-shapes.ts";

let traced: Traced;

beforeEach(() => {
  traced = new Traced();
});

afterEach(() => {
  traced.close();
  vi.unstubAllEnvs();
});

const BROKEN = ["00-nonsense", `00-${"0".repeat(32)}-${"2".repeat(16)}-01`, ""];

describe("an SDK", () => {
  test("that is registered after the queue was opened is seen", async () => {
    traced.unregister();
    const tasks = await queue("tasks");
    await tasks.send({ n: 1 });
    traced.register();
    await tasks.send({ n: 2 });
    traced.unregister();
    await tasks.send({ n: 3 });
    expect(traced.spans()).toEqual([sendSpan]);
  });

  test("that samples nothing is asked for the decision, which travels on", async () => {
    traced.close();
    traced = new Traced({ sampler: new AlwaysOffSampler() });
    const tasks = await queue("tasks");
    await tasks.send({ n: 1 });
    const [waiting] = traced.store("tasks").waiting();
    expect(waiting?.message.headers.trace?.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-00$/);
    expect(traced.spans()).toEqual([]);
  });

  test("gets the trace state through, and no broken trace stops a handler", async () => {
    const handled: unknown[] = [];
    onQueueMessage("tasks", ({ payload }) => void handled.push(payload));
    const tasks = await queue("tasks");
    const remote = { traceId: "1".repeat(32), spanId: "2".repeat(16), traceFlags: 1 };
    const traceState = createTraceState("vendor=value");
    const within = trace.setSpanContext(ROOT_CONTEXT, { ...remote, traceState });
    await context.with(within, () => tasks.send({ n: 1 }));
    const store = traced.store("tasks");
    const [waiting] = store.waiting();
    if (waiting === undefined) throw new Error("nothing was sent");
    const { message } = waiting;
    expect(message.headers.trace).toEqual({
      traceparent: expect.stringMatching(/^00-1{32}-[\da-f]{16}-01$/),
      tracestate: "vendor=value",
    });
    for (const traceparent of BROKEN) {
      store.send({ ...message, headers: { kind: "json", trace: { traceparent } } });
    }
    await traced.consume();
    expect(handled).toHaveLength(1 + BROKEN.length);
    const [, process, ...broken] = traced.finished;
    expect(process?.links[0]?.context.traceState?.get("vendor")).toBe("value");
    expect(broken.flatMap(({ links }) => links)).toEqual([]);
  });
});

test("what a function consumes carries its name, what it sends does not", async () => {
  vi.stubEnv("ALIEN_FUNCTION", JSON.stringify({ id: "worker", triggers: [] }));
  const tasks = await queue("tasks");
  await tasks.send({ n: 1 });
  await tasks.ack(await tasks.receive());
  const groups = traced.spans().map((one) => one.attributes["messaging.consumer.group.name"]);
  expect(groups).toEqual([undefined, "worker", "worker"]);
});

test.each([
  ["ALIEN_TELEMETRY", '"on" or "off"'],
  ["ALIEN_TRACE_PARENT", '"link" or "producer"'],
])("a word that %s does not know is refused, with those that it does", async (name, words) => {
  vi.stubEnv(name, "maybe");
  await expect((await queue("tasks")).send({ n: 1 })).rejects.toMatchObject({
    code: "OPTION_INVALID",
    message: `${name} is "maybe"`,
    fix: expect.stringContaining(words),
  });
});

test("traces and metrics name the version of the package as their origin's", () => {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { name, version } = JSON.parse(text);
  expect({ name: SCOPE, version: SCOPE_VERSION }).toEqual({ name, version });
});
