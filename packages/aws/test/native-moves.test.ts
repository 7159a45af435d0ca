import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { startQueues } from "./fauxqs/start-queues.ts";

const { open } = await startQueues();

test.each([false, true])(
  "what SQS itself gave up is a dead letter, LEASE_EXPIRED (FIFO: %s)",
  async (fifo) => {
    const { client, operator } = await open(fifo ? { fifo: {} } : {}, { maxReceiveCount: 1 });
    const group = fifo ? { group: "a b" } : {};
    const { id } = await client.send({ n: 1 }, { attributes: { tenant: "acme" }, ...group });
    const [message] = await client.receive();
    if (message === undefined) throw new Error("nothing to give back");
    await client.nack(message);
    expect(await client.receive()).toEqual([]);
    const letters = await operator.deadLetters({ limit: 10 });
    expect(letters).toMatchObject([
      {
        id,
        body: '{"n":1}',
        headers: { attributes: { tenant: "acme" } },
        source: "tasks",
        error: { code: "LEASE_EXPIRED" },
        ...group,
      },
    ]);
    await operator.redrive([id]);
    expect(await client.receive()).toMatchObject([{ id, attempt: 1, payload: { n: 1 }, ...group }]);
    expect(await operator.deadLetters({ limit: 10 })).toEqual([]);
  },
);

test("a foreign producer's message dies and comes back under the id of SQS, as text", async () => {
  const { client, operator, admin, url } = await open();
  const sent = await admin.send(new SendMessageCommand({ QueueUrl: url, MessageBody: '{"n":1}' }));
  const [message] = await client.receive();
  expect(message).toMatchObject({
    id: sent.MessageId,
    kind: "text",
    payload: '{"n":1}',
    attempt: 1,
  });
  if (message === undefined) throw new Error("nothing to dead-letter");
  await client.deadLetter(message, "no such account");
  const [letter] = await operator.deadLetters({ limit: 10 });
  expect(letter).toMatchObject({ id: sent.MessageId, error: { message: "no such account" } });
  await operator.redrive([message.id]);
  expect(await client.receive()).toMatchObject([{ id: sent.MessageId, kind: "text", attempt: 1 }]);
});
