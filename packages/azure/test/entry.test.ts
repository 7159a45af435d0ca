import { deadLetter, onQueueMessage, retry } from "@alienplatform/sdk";
import { ServiceBusClient } from "@azure/service-bus";
import { expect, onTestFinished, test } from "vitest";
import {
  FUNCTION,
  type FunctionsWorld,
  type FunctionsWorldOptions,
  openFunctionsWorld,
} from "./function/functions-world.ts";
import { batch, single } from "./function/recorded.ts";

async function world(
  load: () => unknown,
  options: Partial<FunctionsWorldOptions> = {},
): Promise<FunctionsWorld> {
  const opened = await openFunctionsWorld({ load, ...options });
  onTestFinished(() => opened.close());
  return opened;
}

/** Of the letters in the queue of the dead ones. */
async function deadOf({ operator }: FunctionsWorld) {
  const letters = await operator.deadLetters({ limit: 10 });
  return letters.map(({ id, body, source, attempts, error }) => ({
    id,
    body: Buffer.from(body).toString(),
    source,
    attempts,
    error: error.message,
  }));
}

test("the documented shape of one message reaches the handler as the text it carries", async () => {
  const seen: unknown[] = [];
  const { invoke } = await world(() =>
    onQueueMessage("tasks", (message) => void seen.push(message)),
  );
  await invoke(Buffer.from("Test message."), single);
  expect(seen).toMatchObject([
    {
      id: "96c8b2c0c9bd4bd5a0e5b2b3a3d8a3f4",
      queue: "tasks",
      kind: "text",
      payload: "Test message.",
      attempt: 1,
      sentAt: Date.parse("2030-01-01T00:00:05.391Z"),
      receiptHandle: "7c0bb4c8-5c3c-4a2f-9ff4-0cf1a1b4c3b5",
    },
  ]);
});

test("the documented shape of a batch gives each message its own metadata, also what JSON made of it", async () => {
  const seen: unknown[] = [];
  const { invoke } = await world(() =>
    onQueueMessage("tasks", ({ id, payload, group, attempt }) => {
      seen.push({ id, payload, group, attempt });
    }),
  );
  // Without dataType "binary" the host hands over what it has read.
  await invoke(["first", { n: 2 }], batch);
  expect(seen).toEqual([
    { id: "96c8b2c0c9bd4bd5a0e5b2b3a3d8a3f4", payload: "first", group: "acme", attempt: 1 },
    { id: "42", payload: '{"n":2}', group: "7", attempt: 3 },
  ]);
});

test("one message that is a list is one message", async () => {
  const seen: unknown[] = [];
  const { invoke } = await world(() =>
    onQueueMessage("tasks", ({ payload }) => void seen.push(payload)),
  );
  await invoke([1, 2], single);
  expect(seen).toEqual(["[1,2]"]);
});

test("what was sent is handled, and the host completes it", async () => {
  const seen: unknown[] = [];
  const { tasks, poll, operator } = await world(() =>
    onQueueMessage("tasks", ({ id, payload, attributes }) => {
      seen.push({ id, payload, attributes });
    }),
  );
  const { id } = await tasks.send({ n: 1 }, { attributes: { tenant: "acme" } });
  expect(await poll()).toEqual(["completed"]);
  expect(seen).toEqual([{ id, payload: { n: 1 }, attributes: { tenant: "acme" } }]);
  // Service Bus counts what is on loan among the ready: no number is told, rather than 0.
  expect(await operator.stats()).toEqual({ ready: 0, delayed: 0, dead: 0 });
});

test("a retry at once is thrown, and the host abandons the message, which counts", async () => {
  const attempts: number[] = [];
  const { tasks, poll, lines } = await world(() =>
    onQueueMessage("tasks", ({ attempt }) => {
      attempts.push(attempt);
      return attempt < 3 ? retry("again", { delay: "0s" }) : undefined;
    }),
  );
  await tasks.sendText("hello");
  expect([await poll(), await poll(), await poll(), await poll()]).toEqual([
    ["abandoned"],
    ["abandoned"],
    ["completed"],
    [],
  ]);
  expect(attempts).toEqual([1, 2, 3]);
  expect(lines.map((line) => JSON.parse(line).message)).toEqual(["again", "again"]);
});

test("a retry that waits is a scheduled copy, and the host completes the original", async () => {
  const seen: unknown[] = [];
  const { tasks, poll, wind, operator } = await world(() =>
    onQueueMessage("tasks", ({ id, payload, attempt, sentAt, attributes }) => {
      seen.push({ id, payload, attempt, sentAt, attributes });
      if (attempt < 3) throw new Error("smtp down");
    }),
  );
  const { id } = await tasks.send({ n: 1 }, { attributes: { tenant: "acme" } });
  for (const attempt of [1, 2]) {
    expect(await poll()).toEqual(["completed"]);
    expect(await operator.stats()).toMatchObject({ ready: 0, delayed: 1 });
    await wind(59_999);
    expect(await poll()).toEqual([]);
    await wind(1);
    expect(seen).toHaveLength(attempt);
  }
  expect(await poll()).toEqual(["completed"]);
  const message = { id, payload: { n: 1 }, attributes: { tenant: "acme" } };
  const sentAt = Date.UTC(2030, 0, 1);
  expect(seen).toEqual([1, 2, 3].map((attempt) => ({ ...message, attempt, sentAt })));
});

test("of a batch only what failed comes back, at its own time", async () => {
  const ran: string[] = [];
  const { tasks, poll, wind } = await world(
    () =>
      onQueueMessage("tasks", ({ payload, attempt }) => {
        ran.push(`${payload} ${attempt}`);
        if (attempt > 1) return undefined;
        if (payload === "at once") return retry("again", { delay: "0s" });
        return payload === "later" ? retry("wait", { delay: "10m" }) : undefined;
      }),
    { cardinality: "many" },
  );
  await tasks.sendBatch([{ payload: "good" }, { payload: "at once" }, { payload: "later" }]);
  expect(await poll()).toEqual(["completed"]);
  expect(ran.splice(0).sort()).toEqual(["at once 1", "good 1", "later 1"]);
  expect(await poll()).toEqual(["completed"]);
  expect(ran.splice(0)).toEqual(["at once 2"]);
  await wind(600_000);
  expect(await poll()).toEqual(["completed"]);
  expect(ran).toEqual(["later 2"]);
});

test("a dead letter is copied to its queue with its reason, and the host completes it", async () => {
  const opened = await world(() => onQueueMessage("tasks", () => deadLetter("no such account")));
  const { id } = await opened.tasks.send({ n: 1 });
  expect(await opened.poll()).toEqual(["completed"]);
  expect(await opened.poll()).toEqual([]);
  const letter = { body: '{"n":1}', source: "tasks", attempts: 1, error: "no such account" };
  expect(await deadOf(opened)).toEqual([{ id, ...letter }]);
});

test("bytes of a foreign producer are the same bytes in every copy", async () => {
  const bytes = Buffer.from([0xff, 0x00, 0xfe]);
  const { server, poll, wind, operator } = await world(
    () => onQueueMessage("tasks", () => undefined),
    { options: { maxAttempts: 2 }, onInvalid: "retry" },
  );
  const foreign = new ServiceBusClient(server.connectionString);
  await foreign.createSender("tasks").sendMessages({ body: bytes });
  await foreign.close();
  expect(await poll()).toEqual(["completed"]);
  await wind(60_000);
  expect(await poll()).toEqual(["completed"]);
  const [letter] = await operator.deadLetters({ limit: 1 });
  expect(letter).toMatchObject({ attempts: 2, error: { code: "DECODE_FAILED" } });
  expect(Buffer.from(letter?.body ?? "")).toEqual(bytes);
});

test("a failure of the last attempt is a dead letter, whoever counted", async () => {
  let runs = 0;
  const opened = await world(
    () =>
      onQueueMessage("tasks", ({ attempt }) => {
        runs++;
        if (attempt === 1) return retry("at once", { delay: "0s" });
        throw new Error("always");
      }),
    { options: { maxAttempts: 3 } },
  );
  await opened.tasks.sendText("hello");
  for (let poll = 0; poll < 5; poll++) {
    await opened.poll();
    await opened.wind(60_000);
  }
  expect(runs).toBe(3);
  expect(await deadOf(opened)).toMatchObject([{ attempts: 3, error: "always" }]);
});

test("where a group has an order a failure brings back all of the call", async () => {
  const { invoke, server } = await world(
    () =>
      onQueueMessage("tasks", ({ payload }) => {
        if (payload === "bad") throw new Error("no");
      }),
    { options: { fifo: {} } },
  );
  const fifo = {
    functionName: FUNCTION,
    triggerMetadata: { messageId: "m1", deliveryCount: 1, sessionId: "acme" },
  };
  await invoke("good", fifo);
  await expect(invoke("bad", fifo)).rejects.toMatchObject({
    code: "HANDLER_FAILED",
    message: 'message m1 of queue "tasks" comes back: no',
  });
  expect(server.queue("tasks").entries).toEqual([]);
});

test("where a copy cannot be stored the original comes back", async () => {
  const { tasks, poll, server, lines } = await world(() =>
    onQueueMessage("tasks", () => deadLetter("no such account")),
  );
  await tasks.sendText("hello");
  server.removeQueue("tasks-dead");
  expect(await poll()).toEqual(["abandoned"]);
  expect(server.queue("tasks").entries).toHaveLength(1);
  expect(lines.map((line) => JSON.parse(line)).at(-1)).toMatchObject({ level: "error" });
});

test("no copy of one delivery is taken for a duplicate of another's", async () => {
  const { invoke, server } = await world(() =>
    onQueueMessage("tasks", ({ payload }) =>
      payload === "dies" ? deadLetter("no such account") : retry("later", { delay: "1m" }),
    ),
  );
  for (const payload of ["dies", "retries"]) {
    for (const lockToken of ["first-lock", "second-lock"]) {
      await invoke(payload, {
        functionName: FUNCTION,
        triggerMetadata: { messageId: "m1", deliveryCount: 1, lockToken },
      });
    }
  }
  for (const queue of ["tasks", "tasks-dead"]) {
    const ids = server.queue(queue).entries.map(({ message }) => message.message_id);
    expect([queue, new Set(ids).size]).toEqual([queue, 2]);
  }
});

test("a message with attributes of the largest size can die, and tells what there is room for", async () => {
  const opened = await world(() =>
    onQueueMessage("tasks", () => deadLetter("no such account".repeat(60))),
  );
  for (const room of [300, 100]) {
    const filler = "x".repeat(32 * 1_024 - room);
    await opened.tasks.sendText("hello", { attributes: { filler: filler.slice(130) } });
    expect(await opened.poll()).toEqual(["completed"]);
  }
  expect(await deadOf(opened)).toMatchObject([{ body: "hello" }, { body: "hello" }]);
});

test("what comes from a trigger that nobody knows is thrown and told, and never handled", async () => {
  let ran = false;
  const { invoke, lines } = await world(() =>
    onQueueMessage("tasks", () => {
      ran = true;
    }),
  );
  for (const functionName of ["worker-others", "toString"]) {
    await expect(invoke("hello", { ...single, functionName })).rejects.toMatchObject({
      code: "UNKNOWN_QUEUE",
    });
  }
  expect(ran).toBe(false);
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain("worker-others");
});

test("a file that cannot be loaded brings the message back", async () => {
  const { tasks, poll, lines } = await world(() => {
    throw new Error("no such module");
  });
  await tasks.sendText("hello");
  expect(await poll()).toEqual(["abandoned"]);
  expect(lines.join("")).toContain("no such module");
});
