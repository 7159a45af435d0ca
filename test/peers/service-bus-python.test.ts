import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import {
  type QueueBinding,
  QueueClient,
  type QueueOptions,
  systemClock,
  VirtualClock,
} from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { ServiceBusQueueDriver } from "../../packages/azure/src/queue/driver.ts";
import { ServiceBusQueueOperator } from "../../packages/azure/src/queue/operator.ts";
import { WireServer } from "../../packages/azure/test/wire/server.ts";
import { bindingOf, deployQueue } from "../../packages/azure/test/wire-world.ts";
import { answering } from "./support/answering.ts";
import { behindTls } from "./support/behind-tls.ts";
import { python } from "./support/python.ts";

const script = (name: string) => fileURLToPath(new URL(`./python/${name}`, import.meta.url));

/** What each check of the script came to. */
async function checks(inC: boolean): Promise<[name: string, result: string][]> {
  const clock = new VirtualClock();
  const server = new WireServer(clock);
  await server.listen();
  afterAll(() => server.close());
  server.createQueue("dead");
  server.createQueue("plain", { forwardDeadTo: "dead" });
  server.createQueue("thrice", { maxDeliveryCount: 3 });
  server.createQueue("sessions", { sessions: true });
  const clockUrl = await reachable(clock);
  if (!inC) return run(server.connectionString, clockUrl);
  const { port, certificate } = await behindTls(server.port, afterAll);
  const connectionString = "Endpoint=sb://localhost;SharedAccessKeyName=any;SharedAccessKey=any";
  return run(connectionString, clockUrl, String(port), certificate);
}

/** The URL of a clock: the milliseconds behind it move it on, and the answer is what it shows then. */
async function reachable(clock: VirtualClock): Promise<string> {
  const server = createServer(
    answering(async ({ url = "" }, response) => {
      await clock.advance(Number(url.slice(1)));
      response.end(String(clock.now()));
    }),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => void server.close());
  const { port } = server.address() as AddressInfo; // it listens on a port
  return `http://127.0.0.1:${port}/`;
}

async function run(...args: readonly string[]): Promise<[string, string][]> {
  const output = await python(script("service-bus-checks.py"), args);
  return Object.entries(JSON.parse(output) as Record<string, string>); // as it says of itself
}

const [inPython, inC] = await Promise.all([checks(false), checks(true)]);

describe.each([
  { client: "Microsoft's Python client", results: inPython },
  { client: "Microsoft's Python client on its AMQP in C", results: inC },
])("$client finds in our server that", ({ results }) => {
  it.each(results)("%s", (_, result) => {
    // What Python said is the message, whole.
    if (result !== "ok") throw new Error(result);
  });
});

interface Read {
  readonly messages: readonly Readonly<Record<string, unknown>>[];
  readonly scheduled: readonly unknown[];
}

/** A queue on a server of its own, and our driver of it; by this machine's clock, which is Python's too. */
async function opened(given: Partial<QueueOptions> = {}) {
  const options: QueueOptions = { ...defaultOptions, ...given };
  const server = new WireServer();
  await server.listen();
  deployQueue(server, "tasks", options);
  const binding = bindingOf(server, "tasks", options);
  const driver = new ServiceBusQueueDriver(binding, systemClock);
  onTestFinished(async () => {
    await driver.close();
    await server.close();
  });
  const tasks = new QueueClient(driver, { queue: "tasks", options });
  const read = async (...args: readonly string[]): Promise<Read> =>
    JSON.parse(await python(script("service-bus-read.py"), [server.connectionString, ...args]));
  return { server, tasks, binding, read };
}

function operatorOf(binding: QueueBinding): ServiceBusQueueOperator {
  const operator = new ServiceBusQueueOperator(binding, systemClock);
  onTestFinished(() => operator.close());
  return operator;
}

describe("Microsoft's Python client", () => {
  it("reads what our driver wrote: the payload as it is, and one property", async () => {
    const { tasks, read } = await opened();
    const json = await tasks.send({ n: 1 }, { attributes: { tenant: "ä" } });
    const text = await tasks.sendText("text ✓");
    const due = Date.now() + 3_600_000;
    await tasks.sendText("later", { delay: "1h" });
    const { messages, scheduled } = await read("tasks", "2");
    expect(messages.map(({ properties: _, ...rest }) => rest)).toEqual([
      {
        body: '{"n":1}',
        bodyType: "DATA",
        messageId: json.id,
        contentType: "application/json",
        sessionId: null,
      },
      {
        body: "text ✓",
        bodyType: "DATA",
        messageId: text.id,
        contentType: "text/plain",
        sessionId: null,
      },
    ]);
    const [{ properties } = { properties: undefined }] = messages;
    expect(Object.keys(Object(properties))).toEqual(["alien"]);
    expect(JSON.parse(Object(properties).alien)).toMatchObject({
      v: 1,
      id: json.id,
      kind: "json",
      attributes: { tenant: "ä" },
    });
    expect(scheduled).toEqual([{ body: "later", due: expect.closeTo(due, -4) }]);
  });

  it("reads what our driver wrote into groups, which are sessions", async () => {
    const { tasks, read } = await opened({ fifo: {} });
    for (const payload of [1, 2, 3]) await tasks.send("tasks", payload, { group: "acme" });
    const { messages } = await read("tasks", "3", "acme");
    expect(messages.map(({ body, sessionId }) => [body, sessionId])).toEqual([
      ["1", "acme"],
      ["2", "acme"],
      ["3", "acme"],
    ]);
  });

  it("writes what our driver reads: whatever AMQP can carry, and what it dead-lettered", async () => {
    const { server, tasks, binding } = await opened();
    server.createQueue("sessions", { sessions: true });
    await python(script("service-bus-write.py"), [server.connectionString, "tasks", "sessions"]);
    const received = await tasks.receive(20, { wait: "2s" });
    const shown = received.map(({ id, payload, kind, attempt }) => [id, payload, kind, attempt]);
    expect(shown.sort()).toEqual([
      ["bytes", '{"n": 1}', "text", 2],
      ["map", '{"n":1}', "text", 2],
      ["parts", "two parts", "text", 2],
      ["sequence", '[["a",1],["b"]]', "text", 2],
      ["text", "text ✓", "text", 2],
      ["value", "a value", "text", 2],
      // It counts on from where it says that it was.
      ["written-elsewhere", { n: 2 }, "json", 3],
    ]);
    const letters = await operatorOf(binding).deadLetters({ limit: 20 });
    expect(letters.map(({ id, error }) => [id, error.code]).sort()).toEqual([
      ["bad", "Unreadable"],
      ["binary", "DECODE_FAILED"],
      ["broken", "DECODE_FAILED"],
    ]);
  });

  it("writes what our driver reads in the order of its session", async () => {
    const { server } = await opened();
    const options = { ...defaultOptions, fifo: {} };
    deployQueue(server, "sessions", options);
    await python(script("service-bus-write.py"), [server.connectionString, "tasks", "sessions"]);
    const driver = new ServiceBusQueueDriver(bindingOf(server, "sessions", options), systemClock);
    onTestFinished(() => driver.close());
    const sessions = new QueueClient(driver, { queue: "sessions", options });
    for (const expected of ["0", "1", "2"]) {
      const [message] = await sessions.receive(1, { wait: "5s" });
      expect(message).toMatchObject({ payload: expected, group: "acme" });
      if (message !== undefined) await sessions.ack(message);
    }
  });
});
