import type { DeadLetter } from "@alienplatform/bindings";
import { QueueOperations } from "@alienplatform/bindings/operate";
import { expect, test } from "vitest";
import type { SqsClients } from "../src/client.ts";
import { startQueues } from "./fauxqs/start-queues.ts";

const { open } = await startQueues();

/** A queue with so many dead letters, every second of them for another reason, and what is asked of SQS from then on. */
async function dead(count: number) {
  const requests: Record<string, number> = {};
  const watch = ({ calls, polls }: SqsClients) => {
    for (const client of [calls, polls]) {
      client.middlewareStack.add(
        (next, { commandName = "" }) =>
          (call) => {
            requests[commandName] = (requests[commandName] ?? 0) + 1;
            return next(call);
          },
        { step: "initialize", name: "count" },
      );
    }
  };
  const world = await open({}, { onClients: watch });
  const { operator, clock } = world;
  const letters = Array.from({ length: count }, (_, n): DeadLetter => {
    const message = n % 2 === 0 ? "smtp down" : "no such account";
    return {
      id: `letter-${String(n).padStart(6, "0")}`,
      body: `{"n":${n}}`,
      headers: { kind: "json" },
      attempts: 5,
      history: [],
      sentAt: clock.now(),
      deadAt: clock.now() + n,
      source: "tasks",
      error: { code: "HANDLER_FAILED", message },
    };
  });
  await operator.importDeadLetters(letters);
  await clock.advance(60_000);
  for (const name of Object.keys(requests)) delete requests[name];
  const operations = new QueueOperations(() => ({ operator, clock }), { queue: "tasks" });
  return { ...world, requests, letters: operations.dead };
}

test("all dead letters are redriven for three requests of each ten, and one that finds no more", async () => {
  const { letters, requests, client, operator } = await dead(1_000);
  expect(await letters.redriveAll()).toBe(1_000);
  expect(requests).toEqual({
    ReceiveMessageCommand: 101,
    SendMessageBatchCommand: 100,
    DeleteMessageBatchCommand: 100,
  });
  expect(await operator.deadLetters({ limit: 10 })).toEqual([]);
  expect(await client.receive(10)).toHaveLength(10);
});

test("a filter costs one look at the others, which stay", async () => {
  const { letters, requests } = await dead(400);
  expect(await letters.discardAll({ filter: { error: "smtp" } })).toBe(200);
  expect(requests).toEqual({
    ReceiveMessageCommand: 41,
    DeleteMessageBatchCommand: 20,
    ChangeMessageVisibilityBatchCommand: 20,
  });
  expect(await letters.list({ limit: 500 })).toHaveLength(200);
});

test("an export is one look, and takes none away", async () => {
  const { letters, requests } = await dead(400);
  const lines: string[] = [];
  for await (const line of letters.export()) lines.push(line);
  expect(new Set(lines)).toHaveLength(400);
  expect(requests).toEqual({
    ReceiveMessageCommand: 41,
    ChangeMessageVisibilityBatchCommand: 40,
  });
  expect(await letters.list({ limit: 500 })).toHaveLength(400);
});
