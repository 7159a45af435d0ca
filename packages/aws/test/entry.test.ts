import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { readEnvelope, VirtualClock } from "@alienplatform/bindings";
import { deadLetter, onQueueMessage, retry } from "@alienplatform/sdk";
import { afterAll, expect, onTestFinished, test } from "vitest";
import { Fauxqs } from "./fauxqs/fauxqs.ts";
import { type LambdaWorldOptions, openLambdaWorld } from "./lambda/lambda-world.ts";
import { fifoEvent, standardEvent } from "./lambda/recorded-events.ts";

const clock = new VirtualClock(Date.UTC(2030, 0, 1));
const fauxqs = await Fauxqs.start(clock.now());
afterAll(() => fauxqs.stop());

async function world(load: () => unknown, options: Partial<LambdaWorldOptions> = {}) {
  const opened = await openLambdaWorld({ fauxqs, clock, load, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

test("the documented event of a standard queue reaches the handler as the text it carries", async () => {
  const seen: unknown[] = [];
  const { invoke, arn } = await world(() =>
    onQueueMessage("tasks", (message) => void seen.push(message)),
  );
  expect(await invoke(standardEvent(arn))).toEqual({ batchItemFailures: [] });
  expect(seen).toMatchObject([
    {
      id: "059f36b4-87a3-44ab-83d2-661975830a7d",
      queue: "tasks",
      kind: "text",
      payload: "Test message.",
      attempt: 1,
      sentAt: 1545082649183,
      receiptHandle: "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
    },
    { id: "2e1424d4-f796-459a-8184-9c92662be6da", payload: "Test message." },
  ]);
});

test("the documented event of a FIFO queue keeps its group", async () => {
  const seen: unknown[] = [];
  const { invoke, arn } = await world(
    () => onQueueMessage("tasks", ({ group }) => void seen.push(group)),
    { options: { fifo: {} } },
  );
  expect(await invoke(fifoEvent(arn))).toEqual({ batchItemFailures: [] });
  expect(seen).toEqual(["1"]);
});

test("what was sent is handled, and Lambda deletes it", async () => {
  const seen: unknown[] = [];
  const { tasks, mapping, counts } = await world(() =>
    onQueueMessage("tasks", ({ id, payload, attributes }) => {
      seen.push({ id, payload, attributes });
    }),
  );
  const { id } = await tasks.send({ n: 1 }, { attributes: { tenant: "acme" } });
  expect(await mapping.poll()).toEqual({ taken: 1, deleted: 1 });
  expect(seen).toEqual([{ id, payload: { n: 1 }, attributes: { tenant: "acme" } }]);
  expect(await counts()).toEqual({ ready: 0, hidden: 0 });
});

test("a retry is answered by name, and comes back after its delay with the attempt counted", async () => {
  const attempts: number[] = [];
  const { tasks, mapping, wind, lines } = await world(() =>
    onQueueMessage("tasks", ({ payload, attempt }) => {
      if (payload !== "bad") return undefined;
      attempts.push(attempt);
      return attempt === 1 ? retry("smtp down", { delay: "10m" }) : undefined;
    }),
  );
  await tasks.sendBatch([{ payload: "good" }, { payload: "bad" }, { payload: "fine" }]);
  expect(await mapping.poll()).toEqual({ taken: 3, deleted: 2 });
  await wind(599_000);
  expect(await mapping.poll()).toEqual({ taken: 0, deleted: 0 });
  await wind(1_000);
  expect(await mapping.poll()).toEqual({ taken: 1, deleted: 1 });
  expect(attempts).toEqual([1, 2]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { level: "warn", message: "smtp down", fields: { outcome: "retry", delayMs: 600_000 } },
  ]);
});

test("a dead letter is copied to its queue with its reason, and not named", async () => {
  const { tasks, mapping, counts, deadLetters } = await world(() =>
    onQueueMessage("tasks", () => deadLetter("no such account")),
  );
  const { id } = await tasks.send({ n: 1 });
  expect(await mapping.poll()).toEqual({ taken: 1, deleted: 1 });
  expect(await counts()).toEqual({ ready: 0, hidden: 0 });
  const [letter, ...others] = await deadLetters();
  expect(others).toEqual([]);
  expect(letter?.body).toBe('{"n":1}');
  const { envelope } = readEnvelope(letter?.alien, { id: "", sentAt: 0 });
  expect(envelope).toMatchObject({
    id,
    headers: { dead: { source: "tasks", attempts: 1, error: { message: "no such account" } } },
  });
});

test("a failure of the last attempt is a dead letter", async () => {
  let runs = 0;
  const { tasks, mapping, wind, deadLetters } = await world(() =>
    onQueueMessage("tasks", () => {
      runs++;
      throw new Error("always");
    }),
  );
  await tasks.sendText("always fails");
  await tasks.sendText("lowered", { maxAttempts: 1 });
  for (let poll = 0; poll < 4; poll++) {
    await mapping.poll();
    await wind(60_000);
  }
  expect(runs).toBe(4);
  expect((await deadLetters()).map(({ body }) => body).sort()).toEqual(["always fails", "lowered"]);
});

test("after the first failure of a group the rest of it is given back unrun, other groups go on", async () => {
  const ran: unknown[] = [];
  let broken = true;
  const { tasks, mapping, wind } = await world(
    () =>
      onQueueMessage("tasks", ({ payload }) => {
        ran.push(payload);
        if (broken && payload === "a1") throw new Error("once");
      }),
    { options: { fifo: {} } },
  );
  for (const payload of ["a1", "a2", "b1", "a3", "b2"]) {
    await tasks.send("tasks", payload, { group: payload.slice(0, 1) });
  }
  await mapping.poll();
  await mapping.poll();
  expect(ran.filter((payload) => String(payload).startsWith("a"))).toEqual(["a1"]);
  expect(ran.filter((payload) => String(payload).startsWith("b"))).toEqual(["b1", "b2"]);
  broken = false;
  await wind(60_000);
  for (let poll = 0; poll < 3; poll++) await mapping.poll();
  expect(ran.filter((payload) => String(payload).startsWith("a"))).toEqual([
    "a1",
    "a1",
    "a2",
    "a3",
  ]);
});

test("a queue that nobody knows is an error and a retry of everything, and no handler runs", async () => {
  let runs = 0;
  const { invoke, lines } = await world(() => onQueueMessage("tasks", () => void runs++));
  const event = standardEvent("arn:aws:sqs:us-east-2:123456789012:my-queue");
  expect(await invoke(event)).toEqual({
    batchItemFailures: [
      { itemIdentifier: "059f36b4-87a3-44ab-83d2-661975830a7d" },
      { itemIdentifier: "2e1424d4-f796-459a-8184-9c92662be6da" },
    ],
  });
  expect(runs).toBe(0);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: "error",
      code: "UNKNOWN_QUEUE",
      message:
        "the function is no consumer of the queue that AWS calls arn:aws:sqs:us-east-2:123456789012:my-queue",
    },
  ]);
});

test("a file that cannot be loaded, and one without a handler, keep all of the batch", async () => {
  const loads = [
    () => {
      throw new Error("no database");
    },
    () => undefined,
  ];
  for (const load of loads) {
    const { invoke, arn, lines, close } = await openLambdaWorld({ fauxqs, clock, load });
    expect((await invoke(standardEvent(arn))).batchItemFailures).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ level: "error", queue: "tasks" });
    close();
  }
});

test.each([
  [undefined],
  [{}],
  [{ Records: [{ eventSource: "aws:s3" }] }],
  [{ httpMethod: "POST" }],
])("what is no event of SQS is refused: %j", async (event) => {
  const { invoke } = await world(() => onQueueMessage("tasks", () => undefined));
  await expect(invoke(event)).rejects.toMatchObject({ code: "UNSUPPORTED" });
});

test("a handler that is not done a second before Lambda ends the function has failed, and its message comes back", async () => {
  const { opened: started, open: start } = gate();
  const { tasks, mapping, wind, counts } = await world(
    () =>
      onQueueMessage("tasks", ({ payload, attempt }) => {
        if (payload !== "slow" || attempt > 1) return undefined;
        start();
        return new Promise(() => undefined);
      }),
    { remainingMs: 10_000 },
  );
  await tasks.sendBatch([{ payload: "slow" }, { payload: "quick" }]);
  const polled = mapping.poll();
  await started;
  await clock.advance(9_000);
  expect(await polled).toEqual({ taken: 2, deleted: 1 });
  expect(await counts()).toEqual({ ready: 0, hidden: 1 });
  await wind(60_000);
  expect(await mapping.poll()).toEqual({ taken: 1, deleted: 1 });
});

test("a handler can make its loan longer than the queue's", async () => {
  const { opened: extended, open: sayExtended } = gate();
  const { opened: ended, open: end } = gate();
  const { tasks, mapping, wind } = await world(
    () =>
      onQueueMessage("tasks", async (_message, { extend }) => {
        await extend("2h");
        sayExtended();
        await ended;
      }),
    { remainingMs: 900_000 },
  );
  await tasks.sendText("long");
  const polled = mapping.poll();
  await extended;
  // The queue itself would show it again after 30 s.
  await wind(300_000);
  expect(await mapping.poll()).toEqual({ taken: 0, deleted: 0 });
  end();
  expect(await polled).toEqual({ taken: 1, deleted: 1 });
});

/** A promise and what resolves it. */
function gate() {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** An SQS that answers with a status, or not at all; `asked` resolves with the first request. */
async function brokenSqs(status: number | undefined) {
  const { opened: asked, open: ask } = gate();
  const server = createServer((_request, response) => {
    ask();
    if (status !== undefined) response.writeHead(status).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  // It listens on a port, as just asked.
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, asked };
}

test("what cannot be settled stays in the queue, and is said", async () => {
  const { invoke, arn, lines } = await world(
    () => onQueueMessage("tasks", () => deadLetter("no such account")),
    await brokenSqs(400),
  );
  expect((await invoke(standardEvent(arn))).batchItemFailures).toHaveLength(2);
  const errors = lines.map((line) => JSON.parse(line)).filter(({ code }) => code !== undefined);
  expect(errors).toHaveLength(2);
  expect(errors[0]).toMatchObject({ level: "error", queue: "tasks" });
});

test("an SQS that does not answer keeps nobody from answering Lambda in time", async () => {
  const { endpoint, asked } = await brokenSqs(undefined);
  const { invoke, arn } = await world(
    () => onQueueMessage("tasks", ({ id }) => (id.startsWith("0") ? deadLetter("no") : undefined)),
    { endpoint, remainingMs: 10_000 },
  );
  const answer = invoke(standardEvent(arn));
  await asked;
  await clock.advance(9_800);
  expect(await answer).toEqual({
    batchItemFailures: [{ itemIdentifier: "059f36b4-87a3-44ab-83d2-661975830a7d" }],
  });
});
