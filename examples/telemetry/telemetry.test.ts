import { afterEach, expect, it, vi } from "vitest";
import { inTemporaryDirectory } from "../in-temporary-directory.ts";
import { Program } from "../program.ts";

afterEach(() => vi.unstubAllEnvs());

interface Span {
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parent?: string;
  readonly linked: readonly string[];
}

/** The spans of a producer and of a worker that handles what it sent, by name. */
async function spansOf(directory: string): Promise<Readonly<Record<string, Span>>> {
  const producer = new Program("./telemetry", "producer", directory);
  expect(await producer.ends(), producer.lines.join("\n")).toBe(0);
  const worker = new Program("./telemetry", "worker", directory, ["--once"]);
  expect(await worker.ends(), worker.lines.join("\n")).toBe(0);
  const spans = [...producer.lines, ...worker.lines]
    .filter((line) => line.startsWith("span "))
    .map((line): Span => JSON.parse(line.slice("span ".length)));
  return Object.fromEntries(spans.map((span) => [span.name, span]));
}

it("a handler in another process has a trace of its own, linked to the send", () =>
  inTemporaryDirectory(async (directory) => {
    const spans = await spansOf(directory);
    const { checkout, "send orders": send, "process orders": process, pack } = spans;
    expect(Object.keys(spans)).toHaveLength(4);
    expect(send).toMatchObject({ kind: "PRODUCER", parent: checkout?.spanId, linked: [] });
    expect(process).toMatchObject({ kind: "CONSUMER", linked: [send?.spanId] });
    expect(process?.parent).toBeUndefined();
    expect(process?.traceId).not.toBe(send?.traceId);
    expect(pack).toMatchObject({ parent: process?.spanId, traceId: process?.traceId });
  }));

it("with ALIEN_TRACE_PARENT=producer both processes are in one trace", () =>
  inTemporaryDirectory(async (directory) => {
    vi.stubEnv("ALIEN_TRACE_PARENT", "producer");
    const spans = await spansOf(directory);
    const { checkout, "send orders": send, "process orders": process, pack } = spans;
    expect(send?.parent).toBe(checkout?.spanId);
    expect(process).toMatchObject({ parent: send?.spanId, linked: [] });
    expect(pack?.parent).toBe(process?.spanId);
    expect(new Set(Object.values(spans).map(({ traceId }) => traceId)).size).toBe(1);
  }));
